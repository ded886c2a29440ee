"""The table of etcd's RPCs: the path on the wire, the two messages, and whether the call may be repeated.

``repeatable`` is clientv3's own list (``retry.go``): such a call is sent again when the connection breaks, every other
call is sent at most once. The paths carry etcd's package name, the messages ours: only the path is on the wire.
"""

from __future__ import annotations

from dataclasses import dataclass

from google.protobuf.message import Message

from etcdlearn._rpc import rpc_pb2 as pb


@dataclass(frozen=True, slots=True)
class Method:
    """One RPC.

    Attributes:
        name: ``Service/Name``, as etcd's ``rpc.proto`` has it.
        request: class of the message sent.
        response: class of the message received.
        repeatable: True when the call may be sent again after the connection broke.
        client_streams: True when requests are a stream.
        server_streams: True when answers are a stream.
    """

    name: str
    request: type[Message]
    response: type[Message]
    repeatable: bool = False
    client_streams: bool = False
    server_streams: bool = False

    @property
    def path(self) -> str:
        """What gRPC puts on the wire."""
        return f"/etcdserverpb.{self.name}"


RANGE = Method("KV/Range", pb.RangeRequest, pb.RangeResponse, repeatable=True)
RANGE_STREAM = Method("KV/RangeStream", pb.RangeRequest, pb.RangeStreamResponse, server_streams=True)
PUT = Method("KV/Put", pb.PutRequest, pb.PutResponse)
DELETE_RANGE = Method("KV/DeleteRange", pb.DeleteRangeRequest, pb.DeleteRangeResponse)
TXN = Method("KV/Txn", pb.TxnRequest, pb.TxnResponse)
COMPACT = Method("KV/Compact", pb.CompactionRequest, pb.CompactionResponse)

WATCH = Method("Watch/Watch", pb.WatchRequest, pb.WatchResponse, client_streams=True, server_streams=True)

LEASE_GRANT = Method("Lease/LeaseGrant", pb.LeaseGrantRequest, pb.LeaseGrantResponse, repeatable=True)
LEASE_REVOKE = Method("Lease/LeaseRevoke", pb.LeaseRevokeRequest, pb.LeaseRevokeResponse, repeatable=True)
LEASE_KEEP_ALIVE = Method(
    "Lease/LeaseKeepAlive",
    pb.LeaseKeepAliveRequest,
    pb.LeaseKeepAliveResponse,
    repeatable=True,
    client_streams=True,
    server_streams=True,
)
LEASE_TIME_TO_LIVE = Method(
    "Lease/LeaseTimeToLive", pb.LeaseTimeToLiveRequest, pb.LeaseTimeToLiveResponse, repeatable=True
)
LEASE_LEASES = Method("Lease/LeaseLeases", pb.LeaseLeasesRequest, pb.LeaseLeasesResponse, repeatable=True)

MEMBER_ADD = Method("Cluster/MemberAdd", pb.MemberAddRequest, pb.MemberAddResponse)
MEMBER_REMOVE = Method("Cluster/MemberRemove", pb.MemberRemoveRequest, pb.MemberRemoveResponse)
MEMBER_UPDATE = Method("Cluster/MemberUpdate", pb.MemberUpdateRequest, pb.MemberUpdateResponse)
MEMBER_LIST = Method("Cluster/MemberList", pb.MemberListRequest, pb.MemberListResponse, repeatable=True)
MEMBER_PROMOTE = Method("Cluster/MemberPromote", pb.MemberPromoteRequest, pb.MemberPromoteResponse)

ALARM = Method("Maintenance/Alarm", pb.AlarmRequest, pb.AlarmResponse, repeatable=True)
STATUS = Method("Maintenance/Status", pb.StatusRequest, pb.StatusResponse, repeatable=True)
DEFRAGMENT = Method("Maintenance/Defragment", pb.DefragmentRequest, pb.DefragmentResponse)
HASH = Method("Maintenance/Hash", pb.HashRequest, pb.HashResponse, repeatable=True)
HASH_KV = Method("Maintenance/HashKV", pb.HashKVRequest, pb.HashKVResponse, repeatable=True)
SNAPSHOT = Method("Maintenance/Snapshot", pb.SnapshotRequest, pb.SnapshotResponse, repeatable=True, server_streams=True)
MOVE_LEADER = Method("Maintenance/MoveLeader", pb.MoveLeaderRequest, pb.MoveLeaderResponse, repeatable=True)
DOWNGRADE = Method("Maintenance/Downgrade", pb.DowngradeRequest, pb.DowngradeResponse)

AUTH_ENABLE = Method("Auth/AuthEnable", pb.AuthEnableRequest, pb.AuthEnableResponse)
AUTH_DISABLE = Method("Auth/AuthDisable", pb.AuthDisableRequest, pb.AuthDisableResponse)
AUTH_STATUS = Method("Auth/AuthStatus", pb.AuthStatusRequest, pb.AuthStatusResponse)
AUTHENTICATE = Method("Auth/Authenticate", pb.AuthenticateRequest, pb.AuthenticateResponse)
USER_ADD = Method("Auth/UserAdd", pb.AuthUserAddRequest, pb.AuthUserAddResponse)
USER_GET = Method("Auth/UserGet", pb.AuthUserGetRequest, pb.AuthUserGetResponse, repeatable=True)
USER_LIST = Method("Auth/UserList", pb.AuthUserListRequest, pb.AuthUserListResponse, repeatable=True)
USER_DELETE = Method("Auth/UserDelete", pb.AuthUserDeleteRequest, pb.AuthUserDeleteResponse)
USER_CHANGE_PASSWORD = Method(
    "Auth/UserChangePassword", pb.AuthUserChangePasswordRequest, pb.AuthUserChangePasswordResponse
)
USER_GRANT_ROLE = Method("Auth/UserGrantRole", pb.AuthUserGrantRoleRequest, pb.AuthUserGrantRoleResponse)
USER_REVOKE_ROLE = Method("Auth/UserRevokeRole", pb.AuthUserRevokeRoleRequest, pb.AuthUserRevokeRoleResponse)
ROLE_ADD = Method("Auth/RoleAdd", pb.AuthRoleAddRequest, pb.AuthRoleAddResponse)
ROLE_GET = Method("Auth/RoleGet", pb.AuthRoleGetRequest, pb.AuthRoleGetResponse, repeatable=True)
ROLE_LIST = Method("Auth/RoleList", pb.AuthRoleListRequest, pb.AuthRoleListResponse, repeatable=True)
ROLE_DELETE = Method("Auth/RoleDelete", pb.AuthRoleDeleteRequest, pb.AuthRoleDeleteResponse)
ROLE_GRANT_PERMISSION = Method(
    "Auth/RoleGrantPermission", pb.AuthRoleGrantPermissionRequest, pb.AuthRoleGrantPermissionResponse
)
ROLE_REVOKE_PERMISSION = Method(
    "Auth/RoleRevokePermission", pb.AuthRoleRevokePermissionRequest, pb.AuthRoleRevokePermissionResponse
)

METHODS = tuple(row for row in list(globals().values()) if isinstance(row, Method))
