/** Waits for all, even when some fail. @throws AggregateError of what failed. */
export async function settleAll(promises: Promise<unknown>[], message: string): Promise<void> {
  const results = await Promise.allSettled(promises);
  const failed = results.filter((result) => result.status === 'rejected');
  if (failed.length === 0) return;
  throw new AggregateError(
    failed.map(({ reason }) => reason),
    message,
  );
}
