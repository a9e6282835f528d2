namespace SpikeTrail.Host.Cli.Prompt;

/// <summary>A line that is being typed: its text, and where the cursor stands in it.</summary>
internal sealed record EditedLine(string Text, int Cursor)
{
    public static EditedLine Empty { get; } = new("", 0);

    /// <summary>A whole line with the cursor behind it.</summary>
    public static EditedLine Of(string text) => new(text, text.Length);

    /// <summary>The line after a key that edits it; the line itself after any other.</summary>
    public EditedLine After(ConsoleKeyInfo key)
    {
        var control = key.Modifiers.HasFlag(ConsoleModifiers.Control);
        return key.Key switch
        {
            ConsoleKey.LeftArrow => this with { Cursor = Math.Max(0, Cursor - 1) },
            ConsoleKey.RightArrow => this with { Cursor = Math.Min(Text.Length, Cursor + 1) },
            ConsoleKey.Home => this with { Cursor = 0 },
            ConsoleKey.End => this with { Cursor = Text.Length },
            ConsoleKey.A when control => this with { Cursor = 0 },
            ConsoleKey.E when control => this with { Cursor = Text.Length },
            ConsoleKey.K when control => this with { Text = Text[..Cursor] },
            ConsoleKey.U when control => new(Text[Cursor..], 0),
            ConsoleKey.W when control => WithoutWord(),
            ConsoleKey.Backspace => Cursor > 0 ? new(Text.Remove(Cursor - 1, 1), Cursor - 1) : this,
            ConsoleKey.Delete => Cursor < Text.Length ? this with { Text = Text.Remove(Cursor, 1) } : this,
            _ when !control && !char.IsControl(key.KeyChar) => Insert(key.KeyChar.ToString()),
            _ => this,
        };
    }

    /// <summary>The line with a text put in at the cursor.</summary>
    public EditedLine Insert(string text) => new(Text.Insert(Cursor, text), Cursor + text.Length);

    private EditedLine WithoutWord()
    {
        var start = Text.AsSpan(0, Cursor).TrimEnd().LastIndexOf(' ') + 1;
        return new(Text.Remove(start, Cursor - start), start);
    }
}
