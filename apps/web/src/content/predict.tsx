import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Content } from './content.tsx';
import { type Element, named, text } from './lesson.ts';

/** A question to answer before the command is run; any answer tells why. */
export function Predict({ node }: { node: Element }) {
  const { t } = useTranslation();
  const [chosen, setChosen] = useState<number | null>(null);
  const answer = Number(node.attributes.answer);
  return (
    <fieldset className="predict">
      <legend>{t('predict')}</legend>
      <p>{text(node.attributes.question)}</p>
      {named(node.children, 'Option').map((option, index) => (
        <button
          key={index}
          type="button"
          className="quiet option"
          data-right={chosen !== null && index === answer}
          aria-pressed={chosen === index}
          onClick={() => setChosen(index)}
        >
          <Content nodes={option.children} />
        </button>
      ))}
      <div role="status">
        {chosen !== null && (
          <>
            <strong>{t(chosen === answer ? 'predictRight' : 'predictWrong')}</strong>
            {named(node.children, 'Reveal').map((reveal) => (
              <Content key="reveal" nodes={reveal.children} />
            ))}
          </>
        )}
      </div>
    </fieldset>
  );
}
