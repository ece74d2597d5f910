import { expect, test } from 'vitest';
import { csv } from './csv.ts';

test.each([
  ['=HYPERLINK("http://example.org")', `"'=HYPERLINK(""http://example.org"")"`],
  ['+1', "'+1"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  ['\r=1', `"'\r=1"`],
  ['\n=1', `"'\n=1"`],
  ['\0=1', "'\0=1"],
  ['＝1+1', "'＝1+1"],
  ['－1', "'－1"],
  [`"=1`, `"""=1"`],
  ['a=1', 'a=1'],
  [' =1', '" =1"'],
  ['李,明', '"李,明"'],
  ['青木 健', '青木 健'],
  ['two\nlines', '"two\nlines"'],
  ['', ''],
])('the text %j is written as %j', (text, cell) => {
  expect(csv([[text]], { bom: false })).toBe(`${cell}\r\n`);
});

test('numbers stay numbers, nothing stays empty, and the mark for Excel comes first', () => {
  expect(
    csv(
      [
        ['n', null, 7.5],
        [0, 'x', null],
      ],
      { bom: true },
    ),
  ).toBe('\uFEFFn,,7.5\r\n0,x,\r\n');
});
