import { LtiPlatform, type LtiPlatformRequest, LtiTool } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { z } from 'zod';
import { answerOf, call } from '../api.ts';
import { ErrorText } from '../error-text.tsx';
import { StaffOnly } from '../staff/staff-only.tsx';
import { useList } from '../staff/use-list.ts';

const path = '/api/lti/platforms';
const load = () => call(z.array(LtiPlatform), path);
const fields = [
  ...['name', 'issuer', 'clientId', 'deployments', 'authUrl', 'tokenUrl', 'keysUrl'],
] as (keyof LtiPlatformRequest)[];
type Typed = Record<keyof LtiPlatformRequest, string>;
const nothing = Object.fromEntries(fields.map((field) => [field, ''])) as Typed;

/** It is no ARIA role. */
const admins = { role: 'admin' } as const;

/** Which learning platforms may lead to lessons here, and how it stands with their grades. */
export default function PlatformsPage() {
  const { t } = useTranslation();
  useEffect(() => {
    document.title = `${t('lti.title')} · Tatami`;
  }, [t]);
  return (
    <StaffOnly {...admins}>
      {() => (
        <main className="page">
          <h1>{t('lti.title')}</h1>
          <p>{t('lti.intro')}</p>
          <Tool />
          <List />
        </main>
      )}
    </StaffOnly>
  );
}

function Tool() {
  const { t } = useTranslation();
  const [tool, setTool] = useState<LtiTool | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => void call(LtiTool, '/api/lti/tool').then(setTool, setError), []);
  const rows = ['loginUrl', 'launchUrl', 'keysUrl', 'targetUrl'] as const;
  return (
    <section>
      <h2>{t('lti.tool')}</h2>
      <ErrorText error={error} />
      {tool && (
        <dl>
          {rows.map((row) => (
            <div key={row}>
              <dt>{t(`lti.tool.${row}`)}</dt>
              <dd>
                <code>{tool[row]}</code>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

function List() {
  const { t } = useTranslation();
  const { items, error, busy, act } = useList(load);
  const remove = (id: string) =>
    confirm(t('lti.remove.ask')) && void act(() => answerOf(`${path}/${id}`, 'DELETE'));
  return (
    <section>
      <ul>
        {items?.map(({ id, name, issuer, scores, trouble }) => (
          <li key={id} data-testid="lti-platform">
            <strong>{name}</strong> <small>{issuer}</small>
            <br />
            <small>{t('lti.scores', scores)}</small>{' '}
            {trouble !== null && <small>{t('lti.trouble', { trouble })}</small>}{' '}
            <button type="button" className="link" disabled={busy} onClick={() => remove(id)}>
              {t('lti.remove')}
            </button>
          </li>
        ))}
      </ul>
      <Register
        busy={busy}
        onAdd={(request) => void act(() => call(LtiPlatform, path, 'POST', request))}
      />
      <ErrorText error={error} />
    </section>
  );
}

function Register({ busy, onAdd }: { busy: boolean; onAdd: (one: LtiPlatformRequest) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState<Typed>(nothing);
  const add = () => {
    const deployments = typed.deployments.split(',').map((one) => one.trim());
    onAdd({ ...typed, deployments: deployments.filter((one) => one !== '') });
  };
  return (
    <form
      className="staff-form"
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      {fields.map((field) => (
        <label key={field}>
          {t(`lti.field.${field}`)}
          <input
            required
            type={field.endsWith('Url') ? 'url' : 'text'}
            value={typed[field]}
            data-testid={`lti-${field}`}
            onChange={(event) => setTyped({ ...typed, [field]: event.target.value })}
          />
        </label>
      ))}
      <button type="submit" disabled={busy} data-testid="lti-add">
        {t('lti.add')}
      </button>
    </form>
  );
}
