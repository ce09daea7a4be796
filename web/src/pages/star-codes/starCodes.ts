// What the page for administrators and the one for everybody have in common.
import type { StarCode } from '../../api/starCodes';
import { fieldHelp, fieldLabel } from '../../forms/texts';

/** Calls with a PIN: what hides PINs in traces knows no settings, so it cannot be changed. */
export const FIXED_PIN_CODE = '*5';

export const codeLabel = ({ field, label }: StarCode) => fieldLabel('settings', field, { title: label });
export const codeHelp = ({ field }: StarCode) => fieldHelp('settings', field, false);
