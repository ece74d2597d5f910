import { describe, expect, test } from 'vitest';
import { converted, type Keyboard, mayBeOdd, oddIn } from './odd-characters.ts';

const meant = (line: string, keyboard: Keyboard = 'ja') => converted(line, oddIn(line, keyboard));

describe('a command is converted to what was meant', () => {
  test.each([
    ['nsenter\u3000-t 1', 'nsenter -t 1'],
    ['ls\u00a0-l', 'ls -l'],
    ['ｌｓ　－ｌａ', 'ls -la'],
    ['echo “hi” ‘there’', `echo "hi" 'there'`],
    ['echo “你好，世界”', 'echo "你好，世界"'],
    ['ls —all', 'ls --all'],
    ['ls ——all', 'ls --all'],
    ['ls –l', 'ls -l'],
    ['lsー', 'ls-'],
    ['ssh root＠lab：22', 'ssh root@lab:22'],
    ['ps ａｕｘ｜grep １', 'ps aux|grep 1'],
    ['cat 《 file', 'cat < file'],
    ['cd 。。／', 'cd ../'],
  ])('%s', (line, wanted) => expect(meant(line)).toBe(wanted));

  test('some mean different keys in Japan and China', () => {
    expect(meant('echo ¥n', 'ja')).toBe('echo \\n');
    expect(meant('echo ￥HOME', 'zh')).toBe('echo $HOME');
    expect(meant('echo $MY——VAR', 'zh')).toBe('echo $MY_VAR');
  });
});

describe('what is meant is left alone', () => {
  test.each([
    'echo hello',
    'echo "全角　スペース：ＯＫ"',
    "echo '“quoted”'",
    'echo 你好，世界。再见！',
    'grep エラー file',
    'mkdir サーバー１',
    'echo 🍵',
    '',
  ])('%s', (line) => expect(oddIn(line, 'ja')).toEqual([]));
});

test('each character is named with its kind and place', () => {
  expect(oddIn('🍵 a　ｂ', 'ja')).toEqual([
    { at: 4, character: '\u3000', kind: 'space', meant: ' ' },
    { at: 5, character: 'ｂ', kind: 'letter', meant: 'b' },
  ]);
});

test('the quick look misses nothing', () => {
  const all = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));
  const missed = all.filter((one) => oddIn(one, 'zh').length > 0 && !mayBeOdd(one));
  expect(missed).toEqual([]);
  expect(all.filter((one) => oddIn(one, 'zh').length > 0).length).toBeGreaterThan(110);
  expect(mayBeOdd('ls -la\r')).toBe(false);
});
