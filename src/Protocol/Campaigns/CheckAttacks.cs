namespace SpikeTrail.Protocol.Campaigns;

/// <summary>
/// The attacks that hold a campaign's own up to the field's checks for masked gradients (Athalye et al., 2018; Carlini et al.,
/// 2019). Their names are reserved. Results keep their cells apart, so that no table or figure of a campaign's
/// own attacks has them; whoever watches a campaign sees them being measured, under these names.
/// </summary>
public static class CheckAttacks
{
    /// <summary>How their names begin, and no other attack's may.</summary>
    public const string Prefix = "check-";

    /// <summary>The images again, unchanged: whose class differs is classified at random.</summary>
    public const string Unchanged = Prefix + "unchanged";

    /// <summary>Random images within the budget.</summary>
    public const string Noise = Prefix + "noise";

    /// <summary>One step, where the campaign has no such attack.</summary>
    public const string OneStep = Prefix + "one-step";

    /// <summary>The campaign's iterated attack with many more steps.</summary>
    public const string Iterations = Prefix + "iterations";

    /// <summary>The campaign's iterated attack from more starts.</summary>
    public const string Restarts = Prefix + "restarts";

    /// <summary>The images that the campaign's strongest attack makes on the next network.</summary>
    public const string Transfer = Prefix + "transfer";

    /// <summary>An attack that may change every pixel to any other.</summary>
    public const string Unbounded = Prefix + "unbounded";

    /// <summary>The budget that bounds nothing, in units of 1/255.</summary>
    public const double NoBound = 255;

    /// <summary>Whether an attack is one of these.</summary>
    public static bool IsCheck(AttackSpec attack) => attack.Name.StartsWith(Prefix, StringComparison.Ordinal);

    // Five times the steps and the starts: where a gradient can be followed, little is left to find by then.
    private const int TimesMore = 5;

    // Ten steps that together cross the range of a pixel twice, there and back.
    private const int CrossingSteps = 10;

    /// <summary>The attacks and their budgets, in the order in which they are measured; none where the campaign asks for no checks or has no budget above 0.</summary>
    public static IEnumerable<(AttackSpec Attack, double Epsilon)> Of(CampaignSpec campaign)
    {
        var budgets = Budgets(campaign);
        if (budgets.Length == 0)
        {
            yield break;
        }

        yield return (new AttackSpec { Name = Unchanged, Kind = AttackKind.Noise, StepSize = 0, Iterations = 0, Restarts = 2 }, 0);
        var iterated = Iterated(campaign);
        foreach (var epsilon in budgets)
        {
            // As many draws as the attack has starts: what is looked at more often falls more often.
            yield return (new AttackSpec { Name = Noise, Kind = AttackKind.Noise, StepSize = 0, Iterations = 0, Restarts = iterated.Restarts }, epsilon);
        }

        if (campaign.Attacks.All(attack => attack.Kind != AttackKind.Fgsm))
        {
            foreach (var epsilon in budgets)
            {
                yield return (new AttackSpec { Name = OneStep, Kind = AttackKind.Fgsm, StepSize = 0, Iterations = 1, Restarts = 1 }, epsilon);
            }
        }

        yield return (iterated with { Name = Iterations, Iterations = TimesMore * iterated.Iterations }, budgets[^1]);
        yield return (iterated with { Name = Restarts, Kind = AttackKind.Pgd, Restarts = TimesMore * iterated.Restarts }, budgets[^1]);
        yield return (
            new AttackSpec { Name = Unbounded, Kind = AttackKind.IteratedFgsm, StepSize = 2 * NoBound / CrossingSteps, Iterations = CrossingSteps, Restarts = 1 },
            NoBound);
    }

    /// <summary>
    /// Another network's images and their budgets: those of the next network in the campaign's list, the first after the last. None where there is no other, or
    /// the campaign has no attack that takes gradients.
    /// </summary>
    public static IEnumerable<(AttackSpec Attack, double Epsilon)> Transfers(CampaignSpec campaign, NetworkSpec network)
    {
        var names = campaign.Networks.Select(other => other.Name).ToList();
        return names.Count > 1 && AttackSpec.Strongest(campaign.Attacks) is { } strongest
            ? Budgets(campaign).Select(epsilon => (AttackSpec.Transfer(Transfer, names[(names.IndexOf(network.Name) + 1) % names.Count], strongest), epsilon))
            : [];
    }

    private static double[] Budgets(CampaignSpec campaign) => campaign.Checks == 0 ? [] : [.. campaign.Epsilons.Where(epsilon => epsilon > 0)];

    /// <summary>The campaign's strongest iterated attack, as far as its settings tell; the paper's PGD where there is none.</summary>
    private static AttackSpec Iterated(CampaignSpec campaign) =>
        campaign.Attacks.Where(attack => attack.Kind is AttackKind.Pgd or AttackKind.IteratedFgsm && attack.Iterations > 1)
            .MaxBy(attack => (long)attack.Iterations * attack.Restarts)
        ?? new AttackSpec { Name = Iterations, Kind = AttackKind.Pgd };
}
