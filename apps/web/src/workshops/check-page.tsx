import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { copy } from '../copy.ts';
import { CopyButton } from '../copy-button.tsx';
import { ErrorText } from '../error-text.tsx';
import { serverNow } from '../server-time.ts';
import { mayBeOdd } from '../terminal/odd-characters.ts';
import { fonts, roundTripMs, wayOfStreams } from './machine-tests.ts';
import { codeOf, type Preflight, reasonsOf } from './preflight.ts';

/** The signs that shells need, each of which some layout hides. */
const typedLine = 'echo "$HOME" ~ | \\ & > _ {}';
const copiedText = 'ls -l /proc/self/ns';
const dayMs = 86_400_000;

type Found = Pick<Preflight, 'way' | 'roundTripMs' | 'cjkFont' | 'monospaced'>;

/** What a learner's machine is fit for, tried out the day before; a code tells the instructor. */
export default function CheckPage() {
  const { t } = useTranslation();
  const [found, setFound] = useState<Found | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [clipboard, setClipboard] = useState<Preflight['clipboard']>('untried');
  const [keyboard, setKeyboard] = useState<Preflight['keyboard']>('untried');
  useEffect(() => {
    document.title = `${t('check.title')} · Tatami`;
  }, [t]);
  useEffect(() => {
    const measure = async (): Promise<Found> => {
      const drawn = await fonts();
      const way = await wayOfStreams();
      return { ...drawn, way, roundTripMs: await roundTripMs() };
    };
    measure().then(setFound, setError);
  }, []);
  const result = found && {
    ...found,
    ...{ clipboard, keyboard, day: Math.floor(serverNow() / dayMs) },
  };
  return (
    <main className="page workshop-narrow check-page">
      <h1>{t('check.title')}</h1>
      <p className="lead">{t('check.text')}</p>
      <ErrorText error={error} />
      <ol className="checks">
        <Item title={t('check.stream')} state={found && (found.way ? 'good' : 'bad')}>
          {found && t(`check.way.${found.way ?? 'none'}`)}
        </Item>
        <Item
          title={t('check.roundTrip')}
          state={result && (reasonsOf(result).includes('slow') ? 'poor' : 'good')}
        >
          {found && t('check.ms', { n: Math.round(found.roundTripMs) })}
        </Item>
        <Item
          title={t('check.fonts')}
          state={found && (found.cjkFont && found.monospaced ? 'good' : 'poor')}
        >
          <span lang="zh-CN">中间</span> <span lang="ja">ひらがな</span> <code>│├─┤ 0Oo 1Il</code>
        </Item>
        <Clipboard state={clipboard} onChange={setClipboard} />
        <Keyboard state={keyboard} onChange={setKeyboard} />
      </ol>
      {result ? <Result result={result} /> : !error && <p role="status">{t('check.running')}</p>}
    </main>
  );
}

type State = 'good' | 'poor' | 'bad' | null;

function Item({ title, state, children }: { title: string; state: State; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <li data-state={state ?? 'open'}>
      <b>{title}</b> <span className="check-state">{t(`check.state.${state ?? 'open'}`)}</span>
      <div>{children}</div>
    </li>
  );
}

interface TryProps<T> {
  state: T;
  onChange: (state: T) => void;
}

function Clipboard({ state, onChange }: TryProps<Preflight['clipboard']>) {
  const { t } = useTranslation();
  return (
    <Item
      title={t('check.clipboard')}
      state={state === 'works' ? 'good' : state === 'fails' ? 'poor' : null}
    >
      <p>{t('check.clipboardText')}</p>
      <p className="row">
        <code>{copiedText}</code>
        <button
          type="button"
          className="quiet"
          onClick={() => void copy(copiedText).then((done) => !done && onChange('fails'))}
        >
          {t('copy')}
        </button>
      </p>
      <input
        aria-label={t('check.pasteHere')}
        placeholder={t('check.pasteHere')}
        data-testid="check-paste"
        autoComplete="off"
        spellCheck={false}
        onPaste={(event) => {
          const pasted = event.clipboardData.getData('text/plain').trim();
          onChange(pasted === copiedText ? 'works' : 'fails');
        }}
      />
    </Item>
  );
}

function Keyboard({ state, onChange }: TryProps<Preflight['keyboard']>) {
  const { t } = useTranslation();
  return (
    <Item
      title={t('check.keyboard')}
      state={state === 'works' ? 'good' : state === 'full-width' ? 'bad' : null}
    >
      <p>{t('check.keyboardText')}</p>
      <p>
        <code>{typedLine}</code>
      </p>
      <input
        aria-label={t('check.typeHere')}
        placeholder={t('check.typeHere')}
        data-testid="check-type"
        autoComplete="off"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        onPaste={(event) => event.preventDefault()}
        onChange={({ target: { value } }) => {
          if (mayBeOdd(value)) onChange('full-width');
          else onChange(value.trim() === typedLine ? 'works' : 'untried');
        }}
      />
      {state === 'full-width' && <p role="status">{t('check.fullWidth')}</p>}
    </Item>
  );
}

function Result({ result }: { result: Preflight }) {
  const { t } = useTranslation();
  const reasons = reasonsOf(result);
  const code = codeOf(result);
  return (
    <section className="check-result" data-state={reasons.length === 0 ? 'good' : 'poor'}>
      <h2>{t(reasons.length === 0 ? 'check.green' : 'check.notGreen')}</h2>
      <ul>
        {reasons.map((reason) => (
          <li key={reason}>{t(`check.reason.${reason}`)}</li>
        ))}
      </ul>
      <p>{t('check.codeText')}</p>
      <p className="row">
        <code className="join-code" data-testid="check-code">
          {code}
        </code>
        <CopyButton text={code} />
      </p>
    </section>
  );
}
