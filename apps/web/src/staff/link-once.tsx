import { invitationPath, type MadeInvitation } from '@tatami/protocol';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { copy } from '../copy.ts';
import { shownDate } from './shown-date.ts';

/** A link that was just made; nobody can have it shown again. */
export function LinkOnce({ made, onClose }: { made: MadeInvitation; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const [note, setNote] = useState('');
  const link = new URL(invitationPath(made.token), location.origin).href;
  const { name, role, expiresAt } = made.invitation;
  return (
    <div className="banner staff-link" role="status">
      <p>
        <b>
          {name === null
            ? t('staff.linkFor', { role: t(`role.${role}`) })
            : t('staff.linkForPassword', { name })}
        </b>
        <br />
        {t('staff.linkOnce', { date: shownDate(expiresAt, i18n.language) })}
      </p>
      <p className="row">
        <code data-testid="staff-link">{link}</code>
        <button
          type="button"
          onClick={() => void copy(link).then((done) => setNote(t(done ? 'copied' : 'notCopied')))}
        >
          {t('copy')}
        </button>
        <button type="button" className="quiet" onClick={onClose}>
          {t('staff.hide')}
        </button>
        <span>{note}</span>
      </p>
    </div>
  );
}
