import { useTranslation } from 'react-i18next';
import type { Keyboard } from './odd-characters.ts';

/** Whose input method is likely; Japan's where neither is. */
export const useKeyboard = (): Keyboard =>
  useTranslation().i18n.language === 'zh-CN' ? 'zh' : 'ja';
