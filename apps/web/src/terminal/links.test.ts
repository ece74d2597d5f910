import { expect, test } from 'vitest';
import { safeLink } from './links.ts';

test.each([
  ['http://127.0.0.1:8080/x?y=1#z', 'http://127.0.0.1:8080/x?y=1#z'],
  ['https://example.org', 'https://example.org/'],
  ['https://例え.example/道', 'https://xn--r8jz45g.example/%E9%81%93'],
])('%s opens', (address, href) => expect(safeLink(address)?.href).toBe(href));

test.each([
  'javascript:alert(1)',
  'file:///etc/passwd',
  'data:text/html,x',
  'ftp://example.org',
  'https://bank.example@evil.example/',
  'example.org',
  `https://example.org/${'x'.repeat(2048)}`,
  '',
])('%s does not', (address) => expect(safeLink(address)).toBeNull());
