import type { Weights, WorkshopMarks } from '@tatami/protocol';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';

interface Props {
  marks: WorkshopMarks;
  /** What the button says. */
  action: string;
  isReady: boolean;
  onSend: (weights: Weights) => Promise<boolean>;
  /** Asked beside the weights. */
  children?: ReactNode;
}

/** What items are worth, from where on one passes, what is left of an item whose solution was shown. */
export function WeightsForm({ marks: { scheme, texts, lang }, ...props }: Props) {
  const { t } = useTranslation();
  const [points, setPoints] = useState<Record<string, number>>(() =>
    Object.fromEntries(scheme.items.map((item) => [item.id, item.points])),
  );
  const [passPercent, setPassPercent] = useState(scheme.passPercent);
  const [assistedPercent, setAssistedPercent] = useState(scheme.assistedPercent);
  const [busy, setBusy] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    await props.onSend({ points, passPercent, assistedPercent });
    setBusy(false);
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="marks-weights">
      {scheme.items.map(({ id }) => (
        <Weight
          key={id}
          label={texts[id] ?? id}
          lang={lang}
          most={1000}
          value={points[id] ?? 0}
          onChange={(value) => setPoints({ ...points, [id]: value })}
        />
      ))}
      <Weight
        label={t('marks.passPercent')}
        most={100}
        value={passPercent}
        onChange={setPassPercent}
      />
      <Weight
        label={t('marks.assistedPercent')}
        most={100}
        value={assistedPercent}
        onChange={setAssistedPercent}
      />
      {props.children}
      <button type="submit" disabled={busy || !props.isReady}>
        {props.action}
      </button>
    </form>
  );
}

function Weight(props: {
  label: string;
  lang?: string;
  most: number;
  value: number;
  onChange: (value: number) => void;
}) {
  return (
    <label>
      <span lang={props.lang}>{props.label}</span>
      <input
        type="number"
        required
        min={0}
        max={props.most}
        step={1}
        value={props.value}
        onChange={(event) => props.onChange(Math.round(Number(event.target.value)))}
      />
    </label>
  );
}
