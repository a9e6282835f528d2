using System.Text.RegularExpressions;

namespace SpikeTrail.Protocol.Campaigns;

/// <summary>The name a node knows a campaign by, and its folder's beneath the node's campaigns folder, such as <c>figure-2</c>.</summary>
/// <param name="Value">The text: see <see cref="IsValid"/>.</param>
public readonly partial record struct CampaignId(string Value)
{
    /// <summary>Whether a text can be one: up to 64 lower-case letters, digits, <c>.</c>, <c>_</c> and <c>-</c>, beginning with a letter or digit. None names another folder.</summary>
    public static bool IsValid(string text) => Pattern().IsMatch(text);

    /// <inheritdoc/>
    public override string ToString() => Value;

    [GeneratedRegex(@"^[a-z0-9][a-z0-9._-]{0,63}\z")]
    private static partial Regex Pattern();
}

/// <summary>One network on one data set with one seed, such as <c>sew-resnet18/cifar-10/3407</c>.</summary>
/// <param name="Value">The text.</param>
public readonly record struct RunId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>One run under one protocol, attack and budget, such as <c>sew-resnet18/cifar-10/3407/strict/pgd/8</c>.</summary>
/// <param name="Value">The text.</param>
public readonly record struct CellId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>
/// One run under one contaminating protocol at one budget, such as <c>sew-resnet18/cifar-10/3407/as-published/8</c>: its
/// attacks share batch norm's running statistics, and go over the test set together.
/// </summary>
/// <param name="Value">The text.</param>
public readonly record struct ChainId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>One fixed slice of the test set in a chain: every link takes the statistics over where the one before left them.</summary>
/// <param name="Chain">The chain.</param>
/// <param name="Index">Which slice, from 0.</param>
public readonly record struct LinkId(ChainId Chain, int Index)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Chain.Value}#{Index}";
}

/// <summary>One fixed slice of the test set in all cells of a run under one protocol that can be measured together.</summary>
/// <param name="Run">The run.</param>
/// <param name="Protocol">The protocol's name.</param>
/// <param name="Index">Which slice, from 0.</param>
public readonly record struct SliceId(RunId Run, string Protocol, int Index)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Run.Value}/{Protocol}#{Index}";
}

/// <summary>One fixed slice of the test set in one cell: what is measured once.</summary>
/// <param name="Cell">The cell.</param>
/// <param name="Index">Which slice, from 0.</param>
public readonly record struct ShardId(CellId Cell, int Index)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Cell.Value}#{Index}";
}
