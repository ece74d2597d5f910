/** Works through items with so many workers; each worker takes the next that is left. */
export async function atOnce<T, R>(
  items: T[],
  workers: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  const one = async () => {
    for (let next = queue.shift(); next; next = queue.shift())
      results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: workers }, one));
  return results;
}
