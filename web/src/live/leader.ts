// Chooses one tab of this browser to hold the event stream.
// Web Locks do it properly, but browsers offer them only on HTTPS and localhost; on a plain LAN
// address a lease in localStorage does, which the holder renews and the others watch.

const LEASE_KEY = 'strowger.live.lease';
const LEASE_MS = 6000;
const RENEW_MS = 2000;
const SETTLE_MS = 150;

export interface Election {
  stop(): void;
}

function electByLock(lead: (on: boolean) => void): Election {
  let release: () => void = () => undefined;
  const abort = new AbortController();
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  navigator.locks
    .request('strowger.live', { signal: abort.signal }, () => {
      lead(true);
      return held;
    })
    .catch(() => undefined); // stopped before our turn came
  return {
    stop() {
      abort.abort();
      lead(false);
      release();
    },
  };
}

interface Lease {
  holder: string;
  until: number;
}

function readLease(): Lease | null {
  try {
    return JSON.parse(localStorage.getItem(LEASE_KEY) ?? 'null') as Lease | null;
  } catch {
    return null;
  }
}

function electByLease(lead: (on: boolean) => void): Election {
  const me = Math.random().toString(36).slice(2);
  let leading = false;

  const write = () => localStorage.setItem(LEASE_KEY, JSON.stringify({ holder: me, until: Date.now() + LEASE_MS }));
  const setLeading = (on: boolean) => {
    if (on !== leading) lead((leading = on));
  };
  const settle = () => setLeading(readLease()?.holder === me);
  const tick = () => {
    const lease = readLease();
    const free = !lease || lease.until < Date.now();
    if (lease?.holder === me) write();
    else if (free) {
      write();
      setTimeout(settle, SETTLE_MS); // two tabs may have written: the last one stays
    } else setLeading(false);
  };
  const leave = () => {
    if (readLease()?.holder === me) localStorage.removeItem(LEASE_KEY);
  };

  const timer = setInterval(tick, RENEW_MS);
  window.addEventListener('storage', tick);
  window.addEventListener('pagehide', leave);
  tick();
  return {
    stop() {
      clearInterval(timer);
      window.removeEventListener('storage', tick);
      window.removeEventListener('pagehide', leave);
      leave();
      setLeading(false);
    },
  };
}

export function elect(lead: (on: boolean) => void): Election {
  return 'locks' in navigator ? electByLock(lead) : electByLease(lead);
}
