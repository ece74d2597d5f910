import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from './en.ts';
import ja from './ja.ts';
import zh from './zh-CN.ts';

const translation = (texts: Record<string, string>) => ({ translation: texts });

/** Has components drawn in this language from now on. */
export const initTexts = (lng: string) =>
  i18next.use(initReactI18next).init({
    lng,
    fallbackLng: 'en',
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    resources: { en: translation(en), ja: translation(ja), 'zh-CN': translation(zh) },
  });
