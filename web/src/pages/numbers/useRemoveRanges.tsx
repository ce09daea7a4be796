// Removes ranges after asking; one with numbers in it stays, and the page says which and whose.
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/error';
import type { PhoneNumber, Range } from '../../api/types';
import { useConfirmedRemove } from '../../forms/useConfirmedRemove';
import { notifyError } from '../../shell/notify';
import { allNumbers } from './allNumbers';
import { holderName } from './holder';
import { isInternal } from './ranges';

const NAMED = 5;

function use({ number, ...rest }: PhoneNumber): string {
  const holder = holderName({ number, ...rest });
  return holder ? `${number} (${holder})` : number;
}

export function useRemoveRanges(): [(ranges: Range[]) => Promise<boolean>, ReactNode] {
  const { t } = useTranslation();
  const [remove, dialogue] = useConfirmedRemove('ranges');
  const name = ({ first, last }: Range) => `${first}–${last}`;

  const removeUnused = async (ranges: Range[]) => {
    try {
      const numbers = await allNumbers();
      for (const range of ranges) {
        const inside = numbers.filter((item) => item.kind === 'internal' && isInternal(item.number, [range]));
        if (inside.length === 0) continue;
        const named = inside.slice(0, NAMED).map(use).join(', ') + (inside.length > NAMED ? ' …' : '');
        throw new ApiError(409, 'range_in_use', t('numbers.rangeInUse', { range: name(range), numbers: named }));
      }
    } catch (error) {
      notifyError(error);
      return false;
    }
    return remove(ranges.map((range) => ({ id: range.id, name: name(range) })));
  };
  return [removeUnused, dialogue];
}
