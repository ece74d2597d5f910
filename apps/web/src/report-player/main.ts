import css from '@xterm/xterm/css/xterm.css?inline';
import { mountReplay } from './replay.ts';
import type { ReplayData } from './replay-data.ts';

/**
 * Replays recorded output in an incident report (packages/report): a page of its own, without a server, often opened
 * from a disk years later. Without this program the page says the same in still pictures.
 */
async function start(): Promise<void> {
  const json = document.querySelector('#replay-data')?.textContent;
  const section = document.querySelector<HTMLElement>('#replays');
  if (!json || !section) return;
  const { texts, recordings } = JSON.parse(json) as ReplayData;
  document.head.appendChild(document.createElement('style')).textContent = css;
  section.hidden = false;
  for (const host of section.querySelectorAll<HTMLElement>('.replay')) {
    const n = host.dataset.recording ?? '';
    const recording = recordings[Number(n)];
    if (!recording) continue;
    try {
      const { playTo } = await mountReplay(host, recording, texts);
      for (const button of document.querySelectorAll<HTMLElement>(`.seek[data-recording="${n}"]`)) {
        button.hidden = false;
        button.addEventListener('click', () => playTo(Number(button.dataset.offset)));
      }
    } catch {
      host.append(texts.failed);
    }
  }
}

void start();
