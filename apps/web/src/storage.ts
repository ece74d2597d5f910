/** What this browser keeps under a name; null when it keeps nothing, or is told to keep nothing. */
export function kept(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Keeps a text in this browser, as far as it lets pages do so: storage may be full or forbidden. */
export function keep(name: string, text: string): void {
  try {
    localStorage.setItem(name, text);
  } catch {
    // It holds until the page is left.
  }
}
