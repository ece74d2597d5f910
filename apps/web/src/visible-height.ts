/** Less than any on-screen keyboard, more than the bars of a browser that come and go. */
const leastKeyboardPx = 120;

/**
 * From now on the page is as high as what can be seen of it: an on-screen keyboard covers a page
 * without changing its height on most devices.
 */
export function installVisibleHeight(): void {
  const viewport = window.visualViewport;
  if (!viewport) return;
  const root = document.documentElement;
  const follow = () => {
    const covered = innerHeight - viewport.height;
    // Zooming in makes it smaller too.
    const isOpen = covered > leastKeyboardPx && Math.abs(viewport.scale - 1) < 0.01;
    root.toggleAttribute('data-keyboard', isOpen);
    if (isOpen) root.style.setProperty('--visible-height', `${viewport.height}px`);
    else root.style.removeProperty('--visible-height');
    // The browser scrolled to show what is typed into; all of it can be seen now.
    if (isOpen) scrollTo(0, 0);
  };
  viewport.addEventListener('resize', follow);
  viewport.addEventListener('scroll', follow);
}
