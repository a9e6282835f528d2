using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Commands;

/// <summary>A node could not be talked to. The message is one line.</summary>
internal sealed class CommandConnectionException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>How a client shows who it is and checks who the node is.</summary>
internal sealed record ClientSecurity
{
    /// <summary>What the node asks for; null where the operator has none.</summary>
    public SharedSecret? Secret { get; init; }

    /// <summary>Whether to speak TLS.</summary>
    public bool Tls { get; init; }

    /// <summary>Who may have signed the node's certificate; null for whom the system trusts.</summary>
    public X509Certificate2Collection? Authorities { get; init; }

    /// <summary>The operator's own certificate, for nodes that ask for one.</summary>
    public X509Certificate2? Certificate { get; init; }
}

/// <summary>Gives commands to a node, a connection each: see <see cref="Greeting"/> for what is said.</summary>
internal sealed class CommandClient(CommandAddress address, ClientSecurity security)
{
    // Shorter than a node waits: whoever waits for the other to begin, the client says so first.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Looks whether a node is there, and returns its version.</summary>
    /// <exception cref="CommandConnectionException">There is none, or none that can be used.</exception>
    public async Task<string> GreetAsync(CancellationToken cancellation)
    {
        var (frames, greeting) = await ConnectAsync(cancellation);
        await frames.DisposeAsync();
        return greeting.Program;
    }

    /// <summary>Gives a command and yields what is answered; ends after the final response.</summary>
    /// <exception cref="CommandConnectionException">The node could not be talked to, or the connection was lost.</exception>
    public async IAsyncEnumerable<PaletteResponse> RunAsync(PaletteCommand command, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (frames, greeting) = await ConnectAsync(cancellation);
        await using var closed = frames;
        await TalkAsync(async () =>
        {
            await frames.WriteAsync(new CommandRequest(Prove(greeting), command), CommandJson.Default.CommandRequest, cancellation);
            return true;
        });
        PaletteResponse response;
        do
        {
            response = await TalkAsync(() => frames.ReadAsync(CommandJson.Default.PaletteResponse, cancellation));
            yield return response;
        }
        while (!response.Final);
    }

    private string? Prove(Greeting greeting) => greeting.Challenge is { } challenge
        ? security.Secret?.Prove(challenge) ?? throw new CommandConnectionException($"{address} asks for its secret: give it with --secret-file FILE")
        : null;

    private async Task<(FrameStream Frames, Greeting Greeting)> ConnectAsync(CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(Patience);
        try
        {
            await ReachAsync(socket, patience.Token);
            var frames = new FrameStream(await OpenAsync(socket, patience.Token));
            return (frames, Usable(await frames.ReadAsync(CommandJson.Default.Greeting, patience.Token)));
        }
        catch (Exception error)
        {
            socket.Dispose();
            throw error switch
            {
                OperationCanceledException when !cancellation.IsCancellationRequested => new CommandConnectionException(
                    $"{address} does not say what a node says: another program listens there, or the node is {(security.Tls ? "busy" : "busy or expects --tls")}", error),
                IOException or InvalidDataException => new CommandConnectionException($"{address} is no node's command port, or the node expects {(security.Tls ? "no --tls" : "--tls")}", error),
                _ => error,
            };
        }
    }

    private async Task ReachAsync(Socket socket, CancellationToken cancellation)
    {
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, cancellation);
            socket.NoDelay = true;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        }
        catch (SocketException error)
        {
            throw new CommandConnectionException(
                error.SocketErrorCode == SocketError.ConnectionRefused
                    ? $"nothing listens at {address}: is a node running? `spiketrail node` starts one"
                    : $"{address} cannot be reached: {error.Message}",
                error);
        }
        catch (OperationCanceledException error) when (error.CancellationToken == cancellation)
        {
            throw new CommandConnectionException($"{address} cannot be reached: no answer within {Patience.TotalSeconds} s", error);
        }
    }

    private async Task<Stream> OpenAsync(Socket socket, CancellationToken cancellation)
    {
        var plain = new NetworkStream(socket, ownsSocket: true);
        if (!security.Tls)
        {
            return plain;
        }

        var secure = new SslStream(plain);
        try
        {
            await secure.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions
                {
                    TargetHost = address.Host,
                    ClientCertificates = security.Certificate is { } own ? [own] : null,
                    CertificateChainPolicy = security.Authorities is { } trusted ? Certificates.Trusting(trusted) : null,
                },
                cancellation);
            return secure;
        }
        catch (AuthenticationException error)
        {
            throw new CommandConnectionException($"{address}: no TLS with a certificate that is trusted: {error.Message.ReplaceLineEndings(" ")}", error);
        }
    }

    private Greeting Usable(Greeting greeting) =>
        greeting.Refusal is { } refusal ? throw new CommandConnectionException($"{address}: {refusal}")
        : greeting.Version != Greeting.CurrentVersion ? throw new CommandConnectionException(
            $"{address} runs SpikeTrail {greeting.Program}, which this one does not understand: use a client of the node's version")
        : greeting;

    private async Task<T> TalkAsync<T>(Func<Task<T>> say)
    {
        try
        {
            return await say();
        }
        catch (Exception error) when (error is IOException or InvalidDataException)
        {
            throw new CommandConnectionException($"the connection to {address} was lost before the command was done", error);
        }
    }
}
