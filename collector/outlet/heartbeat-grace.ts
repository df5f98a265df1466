/** A heartbeat tells the venue's time, and trades of the second before it may still be on their way. */
export const HEARTBEAT_GRACE_MS = 1000;
