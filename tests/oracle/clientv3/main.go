// The oracle: operations as JSON lines on stdin, what etcd's own Go client makes of them as JSON lines on stdout.
//
// A line is {"do": "put", ...}; bytes travel as base64, which is what encoding/json does. An answer has either the
// fields of the response or "error", the sentence of the error.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"go.etcd.io/etcd/api/v3/mvccpb"
	"go.etcd.io/etcd/api/v3/v3rpc/rpctypes"
	clientv3 "go.etcd.io/etcd/client/v3"
)

// request is one line. Which fields count depends on Do.
type request struct {
	Do       string
	Endpoint string
	Key      []byte
	Value    []byte
	End      []byte
	Prefix   bool
	FromKey  bool
	Limit    int64
	Revision int64
	Target   string
	Order    string
	Keys     bool
	Count    bool
	PrevKV   bool
	Serial   bool
	MinMod   int64
	MaxMod   int64
	MinNew   int64
	MaxNew   int64
	Lease    int64
	TTL      int64
	KeepVal  bool
	KeepLea  bool
	Physical bool
	Filters  []string
	Progress bool
	Fragment bool
	Name     string  // of a watch
	AtOnce   bool    // do not wait until the watch is created
	Wait     float64 // seconds for the call; 0 for 10
}

type kv struct {
	Key, Value                  []byte
	Create, Mod, Version, Lease int64
}

type event struct {
	Type string
	KV   kv
	Prev *kv
}

type answer struct {
	Error    string   `json:",omitempty"`
	Compact  int64    `json:",omitempty"` // the revision of a compaction that ended a watch
	Revision int64    `json:",omitempty"`
	KVs      []kv     `json:",omitempty"`
	Prev     []kv     `json:",omitempty"`
	More     bool     `json:",omitempty"`
	Count    int64    `json:",omitempty"`
	Deleted  int64    `json:",omitempty"`
	ID       int64    `json:",omitempty"`
	TTL      int64    `json:",omitempty"`
	Granted  int64    `json:",omitempty"`
	Keys     [][]byte `json:",omitempty"`
	Leases   []int64  `json:",omitempty"`
	Events   []event  `json:",omitempty"`
}

type oracle struct {
	client  *clientv3.Client
	watches map[string]*watch
}

type watch struct {
	responses clientv3.WatchChan
	cancel    context.CancelFunc
	seen      []event // and not yet handed out
}

func main() {
	o := &oracle{watches: map[string]*watch{}}
	lines := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return
		}
		var r request
		if err := json.Unmarshal(line, &r); err != nil {
			fmt.Fprintln(os.Stderr, "oracle:", err)
			os.Exit(2)
		}
		wait := 10.0
		if r.Wait > 0 {
			wait = r.Wait
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(wait*float64(time.Second)))
		a, err := o.do(ctx, r)
		cancel()
		if err != nil {
			a = answer{Error: rpctypes.ErrorDesc(err), Compact: a.Compact, Events: a.Events}
		}
		if err := out.Encode(a); err != nil {
			return
		}
	}
}

func (o *oracle) do(ctx context.Context, r request) (answer, error) {
	switch r.Do {
	case "connect":
		return answer{}, o.connect(r)
	case "put":
		return o.put(ctx, r)
	case "get":
		return o.get(ctx, r)
	case "delete":
		return o.delete(ctx, r)
	case "compact":
		return o.compact(ctx, r)
	case "grant", "revoke", "ttl", "leases", "renew":
		return o.lease(ctx, r)
	case "keepalive":
		return o.keepAlive(r)
	case "watch":
		return o.watch(r)
	case "read":
		return o.read(r)
	case "unwatch":
		o.watches[r.Name].cancel()
		delete(o.watches, r.Name)
		return answer{}, nil
	}
	return answer{}, fmt.Errorf("oracle: cannot do %q", r.Do)
}

func (o *oracle) connect(r request) (err error) {
	if o.client != nil {
		o.client.Close()
	}
	o.client, err = clientv3.New(clientv3.Config{Endpoints: []string{r.Endpoint}, DialTimeout: 5 * time.Second})
	return err
}

// span is the options that say how far a range goes.
func span(r request) (opts []clientv3.OpOption) {
	if r.End != nil {
		opts = append(opts, clientv3.WithRange(string(r.End)))
	}
	if r.Prefix {
		opts = append(opts, clientv3.WithPrefix())
	}
	if r.FromKey {
		opts = append(opts, clientv3.WithFromKey())
	}
	if r.PrevKV {
		opts = append(opts, clientv3.WithPrevKV())
	}
	return opts
}

func (o *oracle) put(ctx context.Context, r request) (answer, error) {
	opts := span(r)
	if r.Lease != 0 {
		opts = append(opts, clientv3.WithLease(clientv3.LeaseID(r.Lease)))
	}
	if r.KeepVal {
		opts = append(opts, clientv3.WithIgnoreValue())
	}
	if r.KeepLea {
		opts = append(opts, clientv3.WithIgnoreLease())
	}
	resp, err := o.client.Put(ctx, string(r.Key), string(r.Value), opts...)
	if err != nil {
		return answer{}, err
	}
	a := answer{Revision: resp.Header.Revision}
	if resp.PrevKv != nil {
		a.Prev = []kv{plain(resp.PrevKv)}
	}
	return a, nil
}

var targets = map[string]clientv3.SortTarget{
	"key": clientv3.SortByKey, "version": clientv3.SortByVersion, "create": clientv3.SortByCreateRevision,
	"mod": clientv3.SortByModRevision, "value": clientv3.SortByValue,
}

var orders = map[string]clientv3.SortOrder{"ascend": clientv3.SortAscend, "descend": clientv3.SortDescend}

func (o *oracle) get(ctx context.Context, r request) (answer, error) {
	opts := append(span(r), clientv3.WithLimit(r.Limit), clientv3.WithRev(r.Revision))
	if r.Target != "" {
		opts = append(opts, clientv3.WithSort(targets[r.Target], orders[r.Order]))
	}
	if r.Keys {
		opts = append(opts, clientv3.WithKeysOnly())
	}
	if r.Count {
		opts = append(opts, clientv3.WithCountOnly())
	}
	if r.Serial {
		opts = append(opts, clientv3.WithSerializable())
	}
	opts = append(opts, clientv3.WithMinModRev(r.MinMod), clientv3.WithMaxModRev(r.MaxMod),
		clientv3.WithMinCreateRev(r.MinNew), clientv3.WithMaxCreateRev(r.MaxNew))
	resp, err := o.client.Get(ctx, string(r.Key), opts...)
	if err != nil {
		return answer{}, err
	}
	return answer{Revision: resp.Header.Revision, KVs: plains(resp.Kvs), More: resp.More, Count: resp.Count}, nil
}

func (o *oracle) delete(ctx context.Context, r request) (answer, error) {
	resp, err := o.client.Delete(ctx, string(r.Key), span(r)...)
	if err != nil {
		return answer{}, err
	}
	return answer{Revision: resp.Header.Revision, Deleted: resp.Deleted, Prev: plains(resp.PrevKvs)}, nil
}

func (o *oracle) compact(ctx context.Context, r request) (answer, error) {
	var opts []clientv3.CompactOption
	if r.Physical {
		opts = append(opts, clientv3.WithCompactPhysical())
	}
	resp, err := o.client.Compact(ctx, r.Revision, opts...)
	if err != nil {
		return answer{}, err
	}
	return answer{Revision: resp.Header.Revision}, nil
}

func (o *oracle) lease(ctx context.Context, r request) (answer, error) {
	id := clientv3.LeaseID(r.Lease)
	switch r.Do {
	case "grant":
		return o.grant(ctx, r)
	case "revoke":
		resp, err := o.client.Revoke(ctx, id)
		if err != nil {
			return answer{}, err
		}
		return answer{Revision: resp.Header.Revision}, nil
	case "renew":
		resp, err := o.client.KeepAliveOnce(ctx, id)
		if err != nil {
			return answer{}, err
		}
		return answer{ID: int64(resp.ID), TTL: resp.TTL}, nil
	case "ttl":
		resp, err := o.client.TimeToLive(ctx, id, clientv3.WithAttachedKeys())
		if err != nil {
			return answer{}, err
		}
		return answer{ID: int64(resp.ID), Granted: resp.GrantedTTL, Keys: resp.Keys}, nil
	}
	resp, err := o.client.Leases(ctx)
	if err != nil {
		return answer{}, err
	}
	var a answer
	for _, one := range resp.Leases {
		a.Leases = append(a.Leases, int64(one.ID))
	}
	return a, nil
}

// keepAlive waits for the first answer.
func (o *oracle) keepAlive(r request) (answer, error) {
	answers, err := o.client.KeepAlive(context.Background(), clientv3.LeaseID(r.Lease))
	if err != nil {
		return answer{}, err
	}
	first, open := <-answers
	if !open {
		return answer{}, errors.New("oracle: the channel is closed")
	}
	return answer{ID: int64(first.ID), TTL: first.TTL}, nil
}

// grant sends the id too, which clientv3's Grant leaves to the server: two servers would choose two.
func (o *oracle) grant(ctx context.Context, r request) (answer, error) {
	resp, err := grantWithID(ctx, o.client, r.TTL, r.Lease)
	if err != nil {
		return answer{}, err
	}
	return answer{ID: resp.ID, TTL: resp.TTL}, nil
}

func (o *oracle) watch(r request) (answer, error) {
	opts := append(span(r), clientv3.WithCreatedNotify())
	if r.Revision != 0 {
		opts = append(opts, clientv3.WithRev(r.Revision))
	}
	for _, name := range r.Filters {
		opts = append(opts, map[string]clientv3.OpOption{
			"noput": clientv3.WithFilterPut(), "nodelete": clientv3.WithFilterDelete()}[name])
	}
	if r.Fragment {
		opts = append(opts, clientv3.WithFragment())
	}
	ctx, cancel := context.WithCancel(context.Background())
	w := &watch{responses: o.client.Watch(ctx, string(r.Key), opts...), cancel: cancel}
	o.watches[r.Name] = w
	if r.AtOnce {
		return answer{}, nil
	}
	select {
	case resp := <-w.responses:
		return answer{}, resp.Err()
	case <-time.After(10 * time.Second):
		return answer{}, errors.New("oracle: the watch was not created")
	}
}

// read takes events until there are Limit of them.
func (o *oracle) read(r request) (answer, error) {
	w := o.watches[r.Name]
	var a answer
	for {
		for len(w.seen) > 0 && int64(len(a.Events)) < r.Limit {
			a.Events, w.seen = append(a.Events, w.seen[0]), w.seen[1:]
		}
		if int64(len(a.Events)) == r.Limit {
			return a, nil
		}
		select {
		case resp, open := <-w.responses:
			if !open {
				return a, errors.New("oracle: the channel is closed")
			}
			if resp.Canceled {
				a.Compact = resp.CompactRevision
				return a, resp.Err()
			}
			for _, e := range resp.Events {
				w.seen = append(w.seen, simple(e))
			}
		case <-time.After(10 * time.Second):
			return a, errors.New("oracle: nothing more came")
		}
	}
}

func simple(e *clientv3.Event) event {
	made := event{Type: e.Type.String(), KV: plain(e.Kv)}
	if e.PrevKv != nil {
		prev := plain(e.PrevKv)
		made.Prev = &prev
	}
	return made
}

func plain(m *mvccpb.KeyValue) kv {
	return kv{m.Key, m.Value, m.CreateRevision, m.ModRevision, m.Version, m.Lease}
}

func plains(messages []*mvccpb.KeyValue) (made []kv) {
	for _, m := range messages {
		made = append(made, plain(m))
	}
	return made
}
