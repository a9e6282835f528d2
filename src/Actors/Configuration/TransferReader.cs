using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Configuration;

/// <summary>
/// Finds what a transfer refers to, once the whole campaign is read: another network, and the attack on it. It is measured on every network but
/// that one, under every protocol whose attacked images are images; a transfer that is measured nowhere is a mistake.
/// </summary>
internal static class TransferReader
{
    /// <summary>The campaign with its transfers complete.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="sections">Its attacks as they were written, in their order.</param>
    /// <exception cref="InputException">A transfer refers to what is not there, or to what makes no images.</exception>
    public static CampaignSpec Resolve(CampaignSpec campaign, IReadOnlyList<HoconSection> sections) => campaign.Attacks.All(attack => attack.Kind != AttackKind.Transfer)
        ? campaign
        : campaign with
        {
            Attacks = [.. campaign.Attacks.Zip(sections, (attack, section) => attack.Kind == AttackKind.Transfer ? Resolve(campaign, attack, section) : attack)],
        };

    private static AttackSpec Resolve(CampaignSpec campaign, AttackSpec transfer, HoconSection section)
    {
        string[] networks = [.. campaign.Networks.Select(network => network.Name)];
        if (!networks.Contains(transfer.From))
        {
            throw section.Error("from", $"expected one of campaign.networks ({string.Join(", ", networks)}), found \"{transfer.From}\"{Suggestion.Ask(transfer.From!, networks)}");
        }

        if (networks.Length == 1)
        {
            throw section.Error("from", $"expected another network than the one that is attacked: {transfer.From} is the campaign's only one");
        }

        if (campaign.Protocols.All(protocol => !protocol.LetsImagesTransfer))
        {
            throw section.Error("kind", "expected a protocol under which images transfer in campaign.protocols: attack-domain pixels, contaminate off");
        }

        return AttackSpec.Transfer(transfer.Name, transfer.From!, AttackOf(campaign, transfer, section));
    }

    private static AttackSpec AttackOf(CampaignSpec campaign, AttackSpec transfer, HoconSection section)
    {
        if (transfer.Attack is null)
        {
            return AttackSpec.Strongest(campaign.Attacks) ?? throw section.Error("attack", "missing; expected an attack in campaign.attacks that takes gradients");
        }

        var makers = campaign.Attacks.Where(attack => attack.Kind is not (AttackKind.None or AttackKind.Transfer)).ToList();
        string[] names = [.. makers.Select(attack => attack.Name)];
        return makers.FirstOrDefault(attack => attack.Name == transfer.Attack)
            ?? throw section.Error(
                "attack",
                $"expected one of campaign.attacks that makes images of its own ({string.Join(", ", names)}), found \"{transfer.Attack}\"{Suggestion.Ask(transfer.Attack, names)}");
    }
}
