/** What two names that read alike have in common: case, width and spaces do not tell people apart. */
export const nameKey = (name: string): string =>
  name.normalize('NFKC').toLowerCase().replaceAll(/\s/g, '');

/** A number as it is kept: full-width digits and spaces are typed by mistake. */
export const plainNumber = (number: string): string =>
  number.normalize('NFKC').replaceAll(/\s/g, '');

/** A number as it is compared. */
export const numberKey = (number: string): string => plainNumber(number).toLowerCase();
