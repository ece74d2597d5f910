import { expect, type Page } from '@playwright/test';

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
