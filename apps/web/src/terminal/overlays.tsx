import type { MountedTerminal } from './create-terminal.ts';
import { LinkDialog, LinkHint } from './link-parts.tsx';
import { OddNotice } from './odd-notice.tsx';
import { PasteDialog } from './paste-dialog.tsx';
import { SearchBar } from './search-bar.tsx';
import type { Conveniences } from './use-conveniences.ts';

/** What lies over the terminal for a while. */
export function Overlays({ extras, view }: { extras: Conveniences; view: MountedTerminal | null }) {
  const { odd, link, asksLink, paste, searches } = extras;
  if (!view) return null;
  return (
    <>
      {searches > 0 && (
        <SearchBar search={view.search} asked={searches} onClose={extras.closeSearch} />
      )}
      {odd && (
        <OddNotice
          command={odd}
          topOf={view.topOf}
          onConvert={extras.convert}
          onLeave={extras.leaveOdd}
        />
      )}
      {link && <LinkHint link={link} />}
      {asksLink && <LinkDialog link={asksLink} onClose={() => extras.setAsksLink(null)} />}
      {paste.question && (
        <PasteDialog
          question={paste.question}
          onPaste={paste.confirm}
          onByHand={paste.byHand}
          onClose={paste.close}
        />
      )}
    </>
  );
}
