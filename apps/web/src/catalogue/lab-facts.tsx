import type { LabCard } from '@tatami/protocol';
import { useTranslation } from 'react-i18next';

/** A lab's number, and how long it takes if that is known. */
export function LabFacts({ order, minutes }: Pick<LabCard, 'order' | 'minutes'>) {
  const { t } = useTranslation();
  const facts = [String(order).padStart(2, '0')];
  if (minutes > 0) facts.push(t('minutes', { n: minutes }));
  return <small>{facts.join(' · ')}</small>;
}
