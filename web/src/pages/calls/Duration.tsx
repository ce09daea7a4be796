import { duration } from '../../i18n/format';
import { useNow } from '../../live/useNow';

/** How long it has been since then, ticking. */
export function Duration({ since }: { since: string }) {
  return <>{duration((useNow() - Date.parse(since)) / 1000)}</>;
}
