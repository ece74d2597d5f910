/** Waits for a promise, at most so long; that it fails is for whoever made it to tell. */
export async function within(ms: number, promise: Promise<unknown> | undefined): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([Promise.resolve(promise).catch(() => undefined), late]);
  clearTimeout(timer);
}
