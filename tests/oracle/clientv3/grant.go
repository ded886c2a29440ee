package main

import (
	"context"

	pb "go.etcd.io/etcd/api/v3/etcdserverpb"
	clientv3 "go.etcd.io/etcd/client/v3"
)

func grantWithID(ctx context.Context, c *clientv3.Client, ttl, id int64) (*pb.LeaseGrantResponse, error) {
	return clientv3.RetryLeaseClient(c).LeaseGrant(ctx, &pb.LeaseGrantRequest{TTL: ttl, ID: id})
}
