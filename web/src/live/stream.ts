// The server's event stream, with reconnection. Runs in the leading tab only.
import type { LiveEvent } from './events';
import { EVENT_NAMES } from './events';

const FIRST_DELAY_MS = 1000;
const LONGEST_DELAY_MS = 30_000;

interface Handlers {
  onEvent(event: LiveEvent): void;
  onConnected(connected: boolean): void;
}

export class Stream {
  private source: EventSource | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private delay = FIRST_DELAY_MS;

  constructor(private readonly handlers: Handlers) {}

  open() {
    const source = new EventSource('/api/events');
    this.source = source;
    source.onopen = () => {
      this.delay = FIRST_DELAY_MS;
      this.handlers.onConnected(true);
    };
    source.onerror = () => this.reopenLater();
    for (const name of EVENT_NAMES) {
      source.addEventListener(name, (message) => this.take(name, (message as MessageEvent<string>).data));
    }
  }

  close() {
    clearTimeout(this.timer);
    this.source?.close();
    this.source = null;
  }

  private take(name: LiveEvent['name'], text: string) {
    try {
      this.handlers.onEvent({ name, data: JSON.parse(text) } as LiveEvent);
    } catch {
      // an event we cannot read is no reason to lose the others
    }
  }

  private reopenLater() {
    this.close();
    this.handlers.onConnected(false);
    const spread = 0.5 + Math.random() / 2; // so that not all browsers return at once
    this.timer = setTimeout(() => this.open(), this.delay * spread);
    this.delay = Math.min(this.delay * 2, LONGEST_DELAY_MS);
  }
}
