// How many notices nobody has read.
import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useList } from '../api/collections';
import type { Notice } from '../api/types';

export function UnreadBadge() {
  const { t } = useTranslation();
  const count = useList<Notice>('notices', { seen: 'false', page: 1, per_page: 1 }).data?.total ?? 0;
  if (count === 0) return null;
  return (
    <Badge color="brass" variant="filled" size="sm" ml="auto" aria-label={t('notices.unread', { count })}>
      {count}
    </Badge>
  );
}
