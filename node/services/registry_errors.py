"""What the registries of policies and timestamps do not have; the sentences are EBSI's."""

from node.services.errors import NotRegistered


class PolicyNotFound(NotRegistered):
    """No policy has this name or number."""

    def __init__(self, policy: str) -> None:
        super().__init__(f"Policy {policy} not found")
        self.policy = policy


class UserNotFound(NotRegistered):
    """The account was never granted a policy."""

    def __init__(self, user: str) -> None:
        super().__init__(f"User {user} not found")
        self.user = user


class HashAlgorithmNotFound(NotRegistered):
    """No hash algorithm has this number."""

    def __init__(self, hash_algorithm_id: int) -> None:
        super().__init__(f"Hash algorithm {hash_algorithm_id} not found")
        self.hash_algorithm_id = hash_algorithm_id


class TimestampNotFound(NotRegistered):
    """Nobody stamped the hash."""

    def __init__(self, timestamp_id: str) -> None:
        super().__init__(f"Timestamp {timestamp_id} not found")
        self.timestamp_id = timestamp_id


class RecordNotFound(NotRegistered):
    """No record has this id."""

    def __init__(self, record_id: str) -> None:
        super().__init__(f"Record {record_id} not found")
        self.record_id = record_id


class VersionNotFound(NotRegistered):
    """The record has no version of this number."""

    def __init__(self, version_id: int) -> None:
        super().__init__(f"Version {version_id} not found")
        self.version_id = version_id
