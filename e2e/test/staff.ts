import { expect, type Page } from '@playwright/test';
import { labId } from './lab-page.ts';

export const adminName = 'Instructor 1';
/** The password of everybody whom {@link acceptInvitation} made. */
export const staffPassword = 'correct horse battery';

/** Chooses name and password where an invitation has led, and arrives at the page of the staff. */
export async function acceptInvitation(page: Page, name: string): Promise<void> {
  await page.locator('[name="username"]').fill(name);
  await page.locator('[name="new-password"]').fill(staffPassword);
  await page.locator('button[type="submit"]').click();
  await expect(page.locator('.staff-bar')).toContainText(name);
}

/** Signs in where the page of the staff asks for it. */
export async function signIn(page: Page, name: string, password = staffPassword): Promise<void> {
  await page.locator('[name="username"]').fill(name);
  await page.locator('[name="current-password"]').fill(password);
  await page.locator('button[type="submit"]').click();
}

/**
 * Makes and opens a workshop in which learners tell name and number, by its pages.
 * @returns its join code and its page's path.
 */
export async function openWorkshop(
  staff: Page,
  title: string,
  seats = 4,
): Promise<{ code: string; path: string }> {
  await staff.goto('/workshops/new');
  await staff.getByLabel('Title').fill(title);
  await staff.getByRole('combobox', { name: /^Lab/ }).selectOption(labId);
  await staff.getByLabel('Seats').fill(String(seats));
  await staff.getByLabel('by name and number').check();
  await staff.getByRole('button', { name: 'Create the workshop' }).click();
  await staff.getByRole('button', { name: 'Open now' }).click();
  await expect(staff.getByTestId('workshop-state')).toHaveText('open');
  const code = (await staff.getByTestId('shown-code').innerText()).trim();
  return { code, path: new URL(staff.url()).pathname };
}
