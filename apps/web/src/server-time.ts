/** A Date header (RFC 9110 section 6.6.1) has whole seconds: on average it is this much behind. */
const headerLagMs = 500;
let aheadMs = 0;

/** Learns from an answer's Date header how far the server's clock is ahead of this browser's. */
export function noteServerTime(header: string | null): void {
  const at = Date.parse(header ?? '');
  if (Number.isFinite(at)) aheadMs = at + headerLagMs - Date.now();
}

/** Milliseconds since the epoch by the server's clock. */
export const serverNow = (): number => Date.now() + aheadMs;
