import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { beforeAll, describe, expect, test } from 'vitest';
import { initTexts } from '../i18n/init.ts';
import { AnswerForm } from './answer-form.tsx';
import { shortened, visible } from './learner-text.tsx';
import { deeds, Proof } from './proof.tsx';
import { ReasonText } from './reason-text.tsx';

beforeAll(() => initTexts('en'));

const html = (node: ReactNode) => renderToStaticMarkup(node);
const fact = (name: string, value: string) => ({ name, value });

describe('text that a learner chose', () => {
  test.each([
    ['ip addr', 'ip addr'],
    ['名前 é 🍵', '名前 é 🍵'],
    ['a\nb\tc\x1b[31m\x7f', 'a␊b␉c␛[31m␡'],
    ['x\u202egnp.exe', 'x\\u{202e}gnp.exe'],
    ['a\u2066b\u2069\u200b\u00ad\ufeff', 'a\\u{2066}b\\u{2069}\\u{200b}\\u{ad}\\u{feff}'],
    ['a\u0085b\u2028c\u3164', 'a\\u{85}b\\u{2028}c\\u{3164}'],
    ['tag\u{e0041}', 'tag\\u{e0041}'],
    ['half \ud83c', 'half \\u{d83c}'],
  ])('%j is shown as %s', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  test('is cut between characters, never inside one', () => {
    expect(shortened('abcdef', 6)).toBe('abcdef');
    expect(shortened('abcdefg', 6)).toBe('abcde…');
    expect(shortened('🍵🍵🍵🍵', 3)).toBe('🍵🍵…');
  });
});

describe('a reason', () => {
  const reason = (command: string) =>
    html(
      <ReasonText
        checkId="a.b"
        reason={{ key: 'reason.outside', params: { command } }}
        onMap={() => undefined}
      />,
    );

  test('shows a command as plain text', () => {
    expect(reason('<img src=x> $t(labs) {{command}}\u202e')).toBe(
      '<p class="reason" data-testid="check-reason-a.b">' +
        '&lt;img src=x&gt; $t(labs) {{command}}\\u{202e} ' +
        'ran on the machine itself, so it shows the machine. Run it through nsenter.</p>',
    );
  });

  test('cuts a long command, and has all of it in the title', () => {
    const markup = reason(`echo ${'x'.repeat(150)}`);
    expect(markup).toContain(`>echo ${'x'.repeat(54)}… ran on`);
    expect(markup).toContain(`title="echo ${'x'.repeat(150)} ran on`);
  });

  test('without a text of its own shows at least its key', () => {
    const unknown = { key: 'reason.unheard-of', params: { n: 1 } };
    expect(html(<ReasonText checkId="a" reason={unknown} onMap={() => undefined} />)).toContain(
      '>reason.unheard-of</p>',
    );
  });
});

describe('what you did', () => {
  const facts = [
    fact('target', 'shop'),
    fact('command', 'ip addr'),
    fact('entered', 'net'),
    fact('ns-net', 'net:[4026532001]'),
    fact('command', 'ip addr'),
    fact('exit-code', '0'),
    fact('connection', '10.0.0.2:41000 → 10.0.0.9:5432'),
  ];

  test('keeps what was seen of a command with it, and the rest apart', () => {
    expect(deeds(facts).map(({ command, facts: seen }) => [command, seen.length])).toEqual([
      [null, 1],
      ['ip addr', 2],
      ['ip addr', 1],
      [null, 1],
    ]);
    expect(deeds([])).toEqual([]);
  });

  test('is told with its time, commands as code', () => {
    const evidence = { at: '2026-01-02T03:04:05Z', facts, offsets: [] };
    const markup = html(<Proof evidence={evidence} lab="01-echo" />);
    expect(markup).toContain('what you did</summary>');
    expect(markup.match(/<code><bdi>ip addr<\/bdi><\/code>/g)).toHaveLength(2);
    expect(markup).toContain('<dt>Namespaces entered</dt><dd><bdi>net</bdi></dd>');
  });

  test('leads to what the terminals showed then', () => {
    const offsets = [
      { terminal: '1', offset: 1234, machine: 'a00000000001' },
      { terminal: '2', offset: 0, machine: 'a00000000001' },
      { terminal: '3', offset: 5 },
    ];
    const evidence = { at: '2026-01-02T03:04:05Z', facts, offsets };
    const markup = html(<Proof evidence={evidence} lab="01-echo" />);
    expect([...markup.matchAll(/href="([^"]+)"/g)].map(([, href]) => href)).toEqual([
      '/labs/01-echo/terminals/1/recording?machine=a00000000001&amp;at=1234',
      '/labs/01-echo/terminals/3/recording?at=5',
    ]);
  });

  test('shows an answer in the words of the interface, and bounds what a learner chose', () => {
    const evidence = {
      at: '2026-01-02T03:04:05Z',
      facts: [fact('answer', 'name: 192.0.2.1'), fact('command', `<b>\n${'x'.repeat(1000)}`)],
      offsets: [],
    };
    const markup = html(<Proof evidence={evidence} lab="01-echo" />);
    expect(markup).toContain('<bdi>Name resolution: 192.0.2.1</bdi>');
    expect(markup).toContain(`>&lt;b&gt;␊${'x'.repeat(295)}…</bdi></code>`);
  });
});

describe('the form of an answer', () => {
  const form = (props: Partial<Parameters<typeof AnswerForm>[0]> = {}) =>
    html(
      <AnswerForm
        asks={{ causes: ['name', 'lock'] }}
        about=""
        filled={null}
        given={undefined}
        blocked={null}
        onAnswer={async () => undefined}
        {...props}
      />,
    );
  const given = { checkId: 'a', answer: { cause: 'lock', value: 'futex' }, tries: 2 } as const;

  test('offers the causes, and sends nothing before both parts are there', () => {
    const markup = form();
    expect(markup.match(/<option/g)).toHaveLength(3);
    expect(markup).toContain('>Deadlock: threads wait for each other</option>');
    expect(markup).toContain('<button type="submit" disabled="">Answer</button>');
    expect(markup).toContain('maxLength="100"');
    expect(markup).not.toContain('answer-given');
  });

  test('shows what stands, how often it was tried, and which value is meant', () => {
    const markup = form({ given });
    expect(markup).toContain('<option value="lock" selected="">');
    expect(markup).toContain('value="futex"');
    expect(markup).toContain('<button type="submit">Answer</button>');
    expect(markup).toContain('Name of the system call in which the threads wait');
    expect(markup).toContain('Your answer: Deadlock: threads wait for each other ');
    expect(markup).toContain('<code><bdi>futex</bdi></code> <small>Tries: 2</small>');
  });

  test.each([
    ['no-machine', 'Answers are taken while the machine runs.'],
    ['lost', 'Cannot be sent while the connection is lost.'],
  ] as const)('says why nothing can be sent: %s', (blocked, text) => {
    const markup = form({ given, blocked });
    expect(markup).toContain('<button type="submit" disabled="">');
    expect(markup).toContain(text);
  });
});

describe('the form of a value alone', () => {
  const asks = { fact: 'pid' } as const;
  const markup = (given?: Parameters<typeof AnswerForm>[0]['given']) =>
    html(
      <AnswerForm
        asks={asks}
        about="shop-<api>"
        given={given}
        filled={null}
        blocked={null}
        onAnswer={async () => undefined}
      />,
    );

  test('says what it is about, and asks for no cause', () => {
    expect(markup()).toContain('PID of shop-&lt;api&gt; on this machine</label>');
    expect(markup()).not.toContain('<select');
  });

  test('shows what stands without a cause', () => {
    const stands = markup({ checkId: 'a', answer: { value: '41' }, tries: 1 });
    expect(stands).toContain('Your answer: <code><bdi>41</bdi></code>');
    expect(stands).toContain('<button type="submit">Answer</button>');
  });
});
