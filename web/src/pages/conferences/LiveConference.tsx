// What goes on in the conference now.
import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Conference } from '../../api/types';

export function LiveConference({ conference }: { conference: Conference }) {
  const { t } = useTranslation();
  return (
    <Text c="dimmed" data-conference={conference.id}>
      {t('conferences.notBegun')}
    </Text>
  );
}
