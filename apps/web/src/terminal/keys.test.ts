import { describe, expect, test } from 'vitest';
import { type Key, keyAction, withHeld } from './keys.ts';

/** A key written as on paper, such as `Ctrl+Shift+F`. */
function pressed(name: string, code = ''): Key {
  const parts = name.split('+');
  const key = name.endsWith('++') ? '+' : (parts.at(-1) ?? '');
  const has = (modifier: string) => parts.slice(0, -1).includes(modifier);
  return {
    ...{ key, code },
    ...{ ctrlKey: has('Ctrl'), shiftKey: has('Shift'), altKey: has('Alt'), metaKey: has('Cmd') },
  };
}
const pc = { isMac: false, hasSelection: false, tabLeaves: false };
const mac = { ...pc, isMac: true };
const selected = (situation: typeof pc) => ({ ...situation, hasSelection: true });

describe('Ctrl+C copies only with a selection', () => {
  test.each([
    ['Ctrl+c', pc, null],
    ['Ctrl+c', selected(pc), { name: 'copy' }],
    ['Ctrl+c', selected(mac), null],
    ['Ctrl+Shift+C', selected(pc), { name: 'copy' }],
    ['Ctrl+Shift+C', pc, { name: 'send', text: '' }],
    ['Cmd+c', selected(mac), { name: 'copy' }],
    ['Cmd+c', mac, null],
  ])('%s', (key, situation, action) => expect(keyAction(pressed(key), situation)).toEqual(action));
});

describe('keys of the page', () => {
  test.each([
    ['Ctrl+v', pc, { name: 'browser' }],
    ['Ctrl+v', mac, null],
    ['Ctrl+Shift+V', pc, { name: 'browser' }],
    ['Cmd+v', mac, { name: 'browser' }],
    ['Cmd+v', pc, null],
    ['Ctrl+Shift+F', pc, { name: 'search' }],
    ['Cmd+f', mac, { name: 'search' }],
    ['Ctrl+f', pc, null],
    ['Ctrl+Shift+Enter', pc, { name: 'convert' }],
    ['Cmd+k', mac, { name: 'clear' }],
    ['Ctrl+k', mac, null],
    ['Cmd+Backspace', mac, { name: 'send', text: '\x15' }],
    ['Cmd+ArrowLeft', mac, { name: 'send', text: '\x01' }],
    ['Ctrl+m', pc, { name: 'toggleTab' }],
    ['Tab', pc, null],
    ['Tab', { ...pc, tabLeaves: true }, { name: 'browser' }],
    ['Shift+Tab', { ...pc, tabLeaves: true }, { name: 'browser' }],
    ['Ctrl+Alt+c', selected(pc), null],
    ['Ctrl+w', pc, null],
    ['a', pc, null],
  ])('%s', (key, situation, action) => expect(keyAction(pressed(key), situation)).toEqual(action));

  test.each([
    ['Ctrl+Shift++', 'Equal', 1],
    ['Ctrl+Shift++', 'Semicolon', 1],
    ['Ctrl+Shift+_', 'Minus', -1],
    ['Ctrl+Shift+=', 'Minus', -1],
    ['Ctrl+Shift+-', 'NumpadSubtract', -1],
    ['Ctrl+Shift+)', 'Digit0', 0],
  ])('%s at %s changes the font size', (key, code, by) =>
    expect(keyAction(pressed(key, code), pc)).toEqual({ name: 'fontSize', by }),
  );
});

describe('keys held on a touch screen', () => {
  const ctrl = { ctrl: true, alt: false };
  const alt = { ctrl: false, alt: true };
  test.each([
    ['c', ctrl, '\x03'],
    ['C', ctrl, '\x03'],
    ['[', ctrl, '\x1b'],
    ['1', ctrl, '1'],
    ['世', ctrl, '世'],
    ['b', alt, '\x1bb'],
    ['x', { ctrl: true, alt: true }, '\x1b\x18'],
    ['\x1b[C', ctrl, '\x1b[1;5C'],
    ['\x1bOD', alt, '\x1b[1;3D'],
    ['\x1b[?1;2c', ctrl, '\x1b[?1;2c'],
    ['two words', alt, 'two words'],
    ['\x1b[A', { ctrl: false, alt: false }, '\x1b[A'],
  ])('%j with %j is %j', (text, held, wanted) => expect(withHeld(text, held)).toBe(wanted));
});
