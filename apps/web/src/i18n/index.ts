import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import en from './en.ts';
import ja from './ja.ts';
import { preferredLanguage } from './preferred-language.ts';
import zh from './zh-CN.ts';

const chosen = localStorage.getItem('tatami.language');
const lng = preferredLanguage(chosen === null ? navigator.languages : [chosen]);
const translation = (texts: Record<string, string>) => ({ translation: texts });
void i18next.use(initReactI18next).init({
  lng,
  fallbackLng: 'en',
  keySeparator: false,
  nsSeparator: false,
  interpolation: { escapeValue: false },
  resources: { en: translation(en), ja: translation(ja), 'zh-CN': translation(zh) },
});
document.documentElement.lang = lng;
i18next.on('languageChanged', (next) => {
  document.documentElement.lang = next;
  localStorage.setItem('tatami.language', next);
});
