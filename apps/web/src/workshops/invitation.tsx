import type { Workshop } from '@tatami/protocol';
import { useTranslation } from 'react-i18next';
import { CopyButton } from '../copy-button.tsx';
import { Qr } from './qr.tsx';

/** Whether an address leads anywhere from another machine. */
const isLocal = (host: string): boolean => /^(localhost|127\.|\[?::1)/.test(host);

/** How learners come in: code, link and QR code, large enough for a projector. */
export function Invitation({ workshop: { joinCode, title } }: { workshop: Workshop }) {
  const { t } = useTranslation();
  const link = `${location.origin}/join/${joinCode}`;
  return (
    <section className="invitation" aria-labelledby="invitation">
      <div>
        <h2 id="invitation">{t('workshops.invitation')}</h2>
        <p>{t('workshops.invitationText', { address: `${location.host}/join` })}</p>
        <p className="join-code" data-testid="shown-code">
          {joinCode}
        </p>
        <p className="row">
          <a href={link} data-testid="join-link">
            {link}
          </a>
          <CopyButton text={link} />
        </p>
        {isLocal(location.hostname) && <p className="banner">{t('workshops.localAddress')}</p>}
        <p>
          <a href="/check">{t('workshops.checkBefore')}</a>
        </p>
      </div>
      <Qr text={link} label={t('workshops.qrLabel', { title })} />
    </section>
  );
}
