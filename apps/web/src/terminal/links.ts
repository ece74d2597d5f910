const longestLink = 2048;

/** An address that a terminal may open: the web's only, since programs write what they like. */
export function safeLink(address: string): URL | null {
  if (address.length > longestLink || !URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null;
  // `https://bank.example@evil.example` is made to be misread.
  return url.username === '' && url.password === '' ? url : null;
}

/** Opens it where it can neither reach this page nor learn its address. */
export function openLink(url: URL): void {
  window.open(url, '_blank', 'noopener,noreferrer');
}
