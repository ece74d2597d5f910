import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Later } from '../later.tsx';
import type { MapWish } from '../map/focus.ts';
import { keep, kept } from '../storage.ts';
import type { DeckMap } from './terminal-deck.tsx';

const storageKey = 'tatami.map';

// Whoever does not open it does not load it; one that cannot be loaded is not opened with the next page.
const mapPanel = () =>
  import('../map/map-panel.tsx').catch((cause: unknown) => {
    keep(storageKey, 'closed');
    throw cause;
  });

const nothing: MapWish = { focus: null, at: null };

/** Whether the map is open, which this browser remembers, and what it is asked to show. */
export function useMap(lab: string): DeckMap & { show: (wish: MapWish) => void } {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(() => kept(storageKey) === 'open');
  const [wish, setWish] = useState(nothing);
  const open = (next: boolean) => {
    keep(storageKey, next ? 'open' : 'closed');
    setOpen(next);
    if (!next) setWish(nothing);
  };
  return {
    isOpen,
    onToggle: () => open(!isOpen),
    show: (next) => {
      open(true);
      setWish(next);
    },
    panel: isOpen && (
      <Later load={mapPanel} props={{ lab, wish, onClose: () => open(false) }}>
        <p role="status">{t('loading')}</p>
      </Later>
    ),
  };
}
