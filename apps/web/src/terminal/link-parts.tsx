import { useTranslation } from 'react-i18next';
import { LearnerText } from '../lab/learner-text.tsx';
import { isMac } from './create-terminal.ts';
import { openLink } from './links.ts';
import { Dialog } from './paste-dialog.tsx';

const mostCharacters = 120;

/** Where the link under the pointer leads, and how to follow it. */
export function LinkHint({ link }: { link: URL }) {
  const { t } = useTranslation();
  return (
    <div className="terminal-card link-hint" data-testid="link-hint">
      {t(isMac ? 'link.cmdClick' : 'link.ctrlClick')}{' '}
      <LearnerText text={link.href} most={mostCharacters} />
    </div>
  );
}

/** Asks whether to follow a link: a touch screen has no Ctrl key. */
export function LinkDialog({ link, onClose }: { link: URL; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Dialog title={t('link.open')} onClose={onClose}>
      <p className="link-address">
        <LearnerText text={link.href} most={mostCharacters} />
      </p>
      <div className="row">
        <button
          type="button"
          data-testid="link-confirm"
          onClick={() => {
            openLink(link);
            onClose();
          }}
        >
          {t('link.open')}
        </button>
        <button type="button" className="quiet" onClick={onClose}>
          {t('cancel')}
        </button>
      </div>
    </Dialog>
  );
}
