// How loud somebody hears the others, and how loud they hear him.
import { ActionIcon, Popover, Slider, Stack, Text, Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMemberCommands, type LiveMember } from '../../api/liveConferences';
import { Icon } from '../../shell/icons';
import { notifyError } from '../../shell/notify';

const STEPS = 4;
const WAYS = ['speaking', 'listening'] as const;

export function Levels({ member, who }: { member: LiveMember; who: string }) {
  const { t } = useTranslation();
  const { change } = useMemberCommands(member.id);
  const text = t('liveConferences.levels', { who });
  return (
    <Popover trapFocus position="bottom-end" withArrow>
      <Popover.Target>
        <Tooltip label={text}>
          <ActionIcon variant="subtle" color="gray" size="sm" aria-label={text}>
            <Icon name="volume" size={15} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown w={240}>
        <Stack gap="lg" pb="sm">
          {WAYS.map((way) => (
            <div key={way}>
              <Text size="sm">{t(`liveConferences.${way}`)}</Text>
              <Slider
                key={member[way]} // somebody else may have moved it
                thumbLabel={`${t(`liveConferences.${way}`)}: ${who}`}
                min={-STEPS}
                max={STEPS}
                defaultValue={member[way]}
                marks={[{ value: 0 }]}
                label={(value) => (value > 0 ? `+${value}` : value)}
                onChangeEnd={(value) => change.mutate({ [way]: value }, { onError: notifyError })}
              />
            </div>
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
