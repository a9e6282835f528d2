using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Configuration;

/// <summary>Reads one element of <c>campaign.attacks</c>. An attack goes by its kind unless it is given a name.</summary>
internal static class AttackReader
{
    public static AttackSpec Read(HoconSection attack)
    {
        var kind = attack.Choice<AttackKind>("kind");
        var spec = new AttackSpec
        {
            Name = attack.Has("name") ? attack.Name("name") : SpecNames.Of(kind),
            Kind = kind,
            StepSize = attack.Number("step-size", "a number above 0, in units of 1/255", size => size > 0),
            Iterations = attack.Integer("iterations", min: 1),
            Restarts = attack.Integer("restarts", min: 1),
        };
        if (CheckAttacks.IsCheck(spec))
        {
            throw attack.Error("name", $"expected a name that does not begin with \"{CheckAttacks.Prefix}\", as those of campaign.checks do, found \"{spec.Name}\"");
        }

        // What an attack has no use for says what it does, so that results read true and no number depends on it.
        return kind switch
        {
            AttackKind.None => spec with { StepSize = 0, Iterations = 0, Restarts = 0 },
            AttackKind.Fgsm => spec with { StepSize = 0, Iterations = 1, Restarts = 1 },
            AttackKind.IteratedFgsm => spec with { Restarts = 1 },
            AttackKind.Noise => spec with { StepSize = 0, Iterations = 0 },
            AttackKind.Transfer => spec with { StepSize = 0, Iterations = 0, From = attack.Name("from"), Attack = attack.Has("attack") ? attack.Name("attack") : null },
            _ => spec,
        };
    }
}
