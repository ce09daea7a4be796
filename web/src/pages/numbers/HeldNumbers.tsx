// The numbers that somebody or something holds: give another one, or take one away.
import { ActionIcon, Autocomplete, Badge, Button, Group, Stack, Text, Tooltip } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/collections';
import type { Range } from '../../api/types';
import { optionLabel } from '../../forms/texts';
import { Icon } from '../../shell/icons';
import { useFreeNumbers } from './freeNumbers';
import type { Holder } from './holder';
import { ALL_RANGES, isInternal } from './ranges';
import { useGiveNumber } from './useGiveNumber';
import { useReleaseNumber } from './useReleaseNumber';

function GiveNumber({ holder }: { holder: Holder }) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const [looked, setLooked] = useState(false);
  const free = useFreeNumbers(text.trim(), looked);
  const give = useGiveNumber();

  const choices = [
    ...free.ranges.map(({ range: { first, last }, numbers }) => ({ group: t('numbers.freeInRange', { first, last }), items: numbers })),
    { group: t('numbers.freeExternal'), items: free.external },
  ].filter(({ items }) => items.length > 0);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() && (await give(text.trim(), holder))) setText('');
  };
  return (
    <form onSubmit={(event) => void add(event)}>
      <Group align="end" gap="xs">
        <Autocomplete
          label={t('numbers.giveNumber')}
          description={t('numbers.giveNumberHelp')}
          inputMode="numeric"
          value={text}
          onChange={setText}
          onFocus={() => setLooked(true)}
          data={choices}
          filter={({ options }) => options}
          maxDropdownHeight={260}
        />
        <Button type="submit" size="sm">
          {t('numbers.give')}
        </Button>
      </Group>
    </form>
  );
}

export function HeldNumbers({ numbers, holder }: { numbers: string[]; holder: Holder }) {
  const { t } = useTranslation();
  const ranges = useList<Range>('ranges', ALL_RANGES).data?.items ?? [];
  const release = useReleaseNumber();

  return (
    <Stack gap="sm" maw={520}>
      {numbers.length === 0 && <Text c="dimmed">{t('numbers.noneHeld')}</Text>}
      {numbers.map((number) => (
        <Group key={number} gap="xs">
          <Text fw={600} w={140}>
            {number}
          </Text>
          <Badge color={isInternal(number, ranges) ? 'petrol' : 'brass'}>
            {optionLabel('number', 'kind', isInternal(number, ranges) ? 'internal' : 'external')}
          </Badge>
          <Tooltip label={t('numbers.release', { number })}>
            <ActionIcon variant="subtle" color="gray" aria-label={t('numbers.release', { number })} onClick={() => void release(number, holder)}>
              <Icon name="close" size={15} />
            </ActionIcon>
          </Tooltip>
        </Group>
      ))}
      <GiveNumber holder={holder} />
    </Stack>
  );
}
