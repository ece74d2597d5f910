/**
 * The largest number of seats that fits, to within `grain`, by trying few: up by doubling from `first`, then halves.
 * @returns 0 when not even the smallest that was tried fits.
 */
export async function largest(
  fits: (seats: number) => Promise<boolean>,
  { first, grain, most }: { first: number; grain: number; most: number },
): Promise<number> {
  let low = 0;
  let high = first;
  while (await fits(high)) {
    low = high;
    if (high === most) return most;
    high = Math.min(most, high * 2);
  }
  while (high - low > grain) {
    const middle = Math.floor((low + high) / 2);
    if (await fits(middle)) low = middle;
    else high = middle;
  }
  return low;
}
