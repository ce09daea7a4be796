// The numbers a user holds: give another one, or take one away.
import { ActionIcon, Badge, Button, Group, Stack, Text, TextInput, Tooltip } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/collections';
import type { Range, User } from '../../api/types';
import { optionLabel } from '../../forms/texts';
import { Icon } from '../../shell/icons';
import { ALL_RANGES, isInternal } from '../numbers/ranges';
import { useGiveNumber } from '../numbers/useGiveNumber';
import { useReleaseNumber } from '../numbers/useReleaseNumber';

export function NumbersOfUser({ user }: { user: User }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const ranges = useList<Range>('ranges', ALL_RANGES).data?.items ?? [];
  const give = useGiveNumber();
  const release = useReleaseNumber();

  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() && (await give(text.trim(), user.id))) setText('');
  };

  return (
    <Stack gap="sm" maw={520}>
      {user.numbers.length === 0 && <Text c="dimmed">{t('users.noNumbers')}</Text>}
      {user.numbers.map((number) => (
        <Group key={number} gap="xs">
          <Text fw={600} w={140}>
            {number}
          </Text>
          <Badge color={isInternal(number, ranges) ? 'petrol' : 'brass'}>
            {optionLabel('number', 'kind', isInternal(number, ranges) ? 'internal' : 'external')}
          </Badge>
          <Tooltip label={t('users.release', { number })}>
            <ActionIcon variant="subtle" color="gray" aria-label={t('users.release', { number })} onClick={() => void release(number)}>
              <Icon name="close" size={15} />
            </ActionIcon>
          </Tooltip>
        </Group>
      ))}
      <form onSubmit={(event) => void add(event)}>
        <Group align="end" gap="xs">
          <TextInput
            label={t('users.giveNumber')}
            description={t('users.giveNumberHelp')}
            inputMode="numeric"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
          <Button type="submit" size="sm">
            {t('users.give')}
          </Button>
        </Group>
      </form>
    </Stack>
  );
}
