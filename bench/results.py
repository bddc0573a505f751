"""What a run measured, as it is written to JSON."""

import msgspec

TPC_B = "pgbench TPC-B"
SELECT_ONLY = "pgbench select-only"
REGISTRATIONS = "POST /case--registrations"
PAYMENTS = "POST /creditor--payments"
GETS = "GET /cases/{id}"

REFERENCES = {REGISTRATIONS: TPC_B, PAYMENTS: TPC_B, GETS: SELECT_ONLY}
"""What each load is compared with."""

MEMORY_MAX_MB = 150
"""Floor: resident memory of one API process. Units: MB of 10^6 bytes."""


class Goal(msgspec.Struct, frozen=True):
    """A least ratio: a floor must hold, an aim is striven for."""

    ratio: float
    kind: str


GOALS = {
    GETS: Goal(0.06, "floor"),
    REGISTRATIONS: Goal(0.15, "aim"),
    PAYMENTS: Goal(0.2, "aim"),
}


class Sample(msgspec.Struct, frozen=True):
    """One measurement. Units: CPU in cores, latencies in milliseconds."""

    name: str
    connections: int
    repeat: int
    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float | None
    client_cpu: float
    api_cpu: float
    supervisor_cpu: float
    database_cpu: float
    other_cpu: float
    """What everybody else on the machine used meanwhile."""
    wal_bytes: int

    @property
    def rate(self) -> float:
        """Requests or transactions per second."""
        return self.requests / self.seconds


class ProcessMemory(msgspec.Struct, frozen=True):
    """The memory of one process. Units: bytes."""

    pid: int
    role: str
    resident: int
    resident_peak: int
    proportional: int
    """Shared pages divided among those who share them."""


class Setting(msgspec.Struct, frozen=True):
    """One line about the machine, a version, a setting or the data."""

    name: str
    value: str


class Results(msgspec.Struct, frozen=True):
    """Everything one run found out."""

    command: str
    settings: list[Setting]
    samples: list[Sample]
    memory_ready: list[ProcessMemory]
    memory_loaded: list[ProcessMemory]
    verify: str
