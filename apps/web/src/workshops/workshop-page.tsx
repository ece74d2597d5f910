import { type Account, includesRole, type Workshop } from '@tatami/protocol';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ErrorText } from '../error-text.tsx';
import { StaffOnly } from '../staff/staff-only.tsx';
import { isSignedOut } from '../staff/use-account.ts';
import { CheckCode } from './check-code.tsx';
import { Helpers } from './helpers.tsx';
import { Invitation } from './invitation.tsx';
import { PlanForm } from './plan-form.tsx';
import { RosterUpload } from './roster-upload.tsx';
import { Running } from './running.tsx';
import { SeatsTable } from './seats-table.tsx';
import { useReadyLabs } from './use-ready-labs.ts';
import { workshopsApi } from './workshops-api.ts';

/** One workshop for its staff: how to come in, who is there, and what was decided about it. */
export default function WorkshopPage({ id }: { id: string }) {
  return (
    <StaffOnly>
      {(account) => (
        <main className="page staff-sections">
          <Loaded id={id} account={account} />
        </main>
      )}
    </StaffOnly>
  );
}

function Loaded({ id, account }: { id: string; account: Account }) {
  const { t } = useTranslation();
  const [workshop, setWorkshop] = useState<Workshop | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    workshopsApi
      .workshop(id)
      .then(setWorkshop, (cause: unknown) => !isSignedOut(cause) && setError(cause));
  }, [id]);
  const title = workshop?.title;
  useEffect(() => {
    if (title) document.title = `${title} · Tatami`;
  }, [title]);
  if (!workshop) return error ? <ErrorText error={error} /> : <p role="status">{t('loading')}</p>;
  const runs = includesRole(account.role, 'instructor');
  return (
    <>
      <h1>{workshop.title}</h1>
      <p>
        <a className="button" href={`/workshops/${id}/board`}>
          {t('room.board')}
        </a>{' '}
        <a className="button" href={`/workshops/${id}/summary`}>
          {t('room.summary')}
        </a>
      </p>
      <Running workshop={workshop} onChange={setWorkshop} runs={runs} />
      <Invitation workshop={workshop} />
      <SeatsTable workshop={workshop} runs={runs} />
      {runs && (
        <p>
          <a href={`/workshops/${id}/marks`}>{t('marks.title')}</a>
        </p>
      )}
      <CheckCode />
      {runs && (
        <>
          {workshop.joining === 'roster' && <RosterUpload workshop={workshop} />}
          <Helpers id={id} />
          <Settings key={workshop.closesAt} workshop={workshop} onChange={setWorkshop} />
        </>
      )}
    </>
  );
}

function Settings(props: { workshop: Workshop; onChange: (workshop: Workshop) => void }) {
  const { t } = useTranslation();
  const { labs, error } = useReadyLabs();
  const {
    id,
    joinCode: _,
    state: _state,
    openedAt: _from,
    endedAt: _at,
    createdAt: _made,
    ...plan
  } = props.workshop;
  return (
    <section aria-labelledby="settings">
      <details>
        <summary>
          <h2 id="settings">{t('workshops.settings')}</h2>
        </summary>
        <ErrorText error={error} />
        {labs && (
          <PlanForm
            plan={plan}
            labs={labs}
            action={t('workshops.save')}
            save={async (next) => props.onChange(await workshopsApi.change(id, next))}
          />
        )}
      </details>
    </section>
  );
}
