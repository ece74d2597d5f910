import { useTranslation } from 'react-i18next';

/** `7.5 / 10 points`, or what can be earned. */
export function Points({ earned, possible }: { earned?: number | undefined; possible: number }) {
  const { t, i18n } = useTranslation();
  const number = (n: number) => n.toLocaleString(i18n.language, { maximumFractionDigits: 2 });
  const worth = number(possible);
  return (
    <span className="points">
      {earned === undefined
        ? t('points', { n: worth })
        : t('pointsOf', { n: number(earned), all: worth })}
    </span>
  );
}
