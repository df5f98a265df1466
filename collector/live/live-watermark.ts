import type { Exchange } from '../../shared/domain/market-data/exchanges.ts';
import { HEARTBEAT_GRACE_MS } from '../outlet/heartbeat-grace.ts';
import type { ReceivedMessage } from './instrument-feed.ts';
import type { LiveOutlet } from './live-outlet.ts';
import type { Time } from '../../shared/ports/time.ts';
import type { VenueClock } from '../../shared/domain/market-data/venue-clock.ts';

export interface LiveWatermarkOptions {
  readonly exchange: Exchange;
  /** Where the venue is heard. */
  readonly url: string;
  readonly clock: VenueClock;
  readonly outlet: LiveOutlet;
  readonly time: Time;
  /** Called before the heartbeat is sent. */
  readonly onHeartbeat: (heartbeat: ReceivedMessage, watermarkMs: number | null, venueTimeMs: number) => void;
}

/** How far the venue's time is proven: no trade before it will follow. It never goes back. */
export class LiveWatermark {
  readonly #options: LiveWatermarkOptions;
  #watermarkMs: number | null = null;

  constructor(options: LiveWatermarkOptions) {
    this.#options = options;
  }

  /** A second has passed. @param heardAtMs up to when (our time) everything has come; null: nobody knows. */
  tell(heardAtMs: number | null): void {
    const { exchange, url, clock, outlet, time, onHeartbeat } = this.#options;
    const venueTimeMs = heardAtMs === null ? null : clock.at(heardAtMs);
    if (venueTimeMs !== null)
      this.#watermarkMs = Math.max(this.#watermarkMs ?? 0, venueTimeMs - HEARTBEAT_GRACE_MS);
    const provenMs = (this.#watermarkMs ?? 0) + HEARTBEAT_GRACE_MS;
    const heartbeat = {
      receivedAtNs: `${time.nowMs()}000000`,
      exchange,
      kind: 'heartbeat',
      url,
      message: JSON.stringify({ venueTimeMs: provenMs }),
    };
    onHeartbeat(heartbeat, this.#watermarkMs, provenMs);
    outlet.sendWatermark(this.#watermarkMs, heartbeat, clock.offsetMs);
  }
}
