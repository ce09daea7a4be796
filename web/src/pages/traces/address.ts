// Where the trace of a call is. Call-IDs hold dots and slashes, so they travel in the query.
export function traceAddress(callId: string): string {
  return `/traces/call?${new URLSearchParams({ id: callId })}`;
}
